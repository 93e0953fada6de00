import type { Metric, Row, Setting, Side } from './row.js'
import { ratios, spread, type Spread } from './statistics.js'

/** One side's numbers for one metric. */
export interface SideResult extends Spread {
  readonly side: string
  /** By the baseline of the same round; the baseline has none, nor have exact rows and absolute metrics. */
  readonly ratio?: Spread
}

export interface MetricResult extends Metric {
  readonly sides: readonly SideResult[]
}

export interface RowResult {
  readonly name: string
  readonly rounds: number
  readonly metrics: readonly MetricResult[]
}

/** Runs the sides in turn, round after round. */
export async function measure(
  row: Row,
  rounds: number,
  setting: Setting,
  progress: (text: string) => void,
): Promise<RowResult> {
  await using opened = await row.open(setting)
  const { sides } = opened
  const samples = sides.map((): number[][] => row.metrics.map(() => []))
  const exact = row.exact === true
  const counted = exact ? 1 : Math.max(1, Math.round(rounds * (row.share ?? 1)))
  for (let round = -row.warmUps; round < counted; round++) {
    progress(round < 0 ? `${row.name}: warming up` : `${row.name}: ${round + 1} of ${counted}`)
    for (const at of turn(sides.length, round)) {
      const side = sides[at] as Side // `turn` gives indices of sides
      // No forced collection in between: it would drop compiled code, and cost both sides a third.
      const measured = await side.run()
      if (round >= 0) measured.forEach((value, metric) => samples[at]?.[metric]?.push(value))
    }
  }
  const metrics = row.metrics.map((metric, m): MetricResult => {
    const [baseline = []] = samples.map((side) => side[m] ?? [])
    const results = sides.map(({ name }, at): SideResult => {
      const values = samples[at]?.[m] ?? []
      const own = { side: name, ...spread(values) }
      const alone = at === 0 || exact || metric.absolute === true
      return alone ? own : { ...own, ratio: spread(ratios(values, baseline)) }
    })
    return { ...metric, sides: results }
  })
  return { name: row.name, rounds: counted, metrics }
}

/** The order of a round: another side begins each time, so that none always follows the same one. */
function turn(sides: number, round: number): number[] {
  return Array.from({ length: sides }, (_, i) => (i + Math.abs(round)) % sides)
}
