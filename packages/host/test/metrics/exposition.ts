/** One value, as Prometheus reads it. */
interface ParsedSample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** The samples of one metric. */
export interface ParsedFamily {
  readonly help: string
  readonly type: string
  readonly samples: ParsedSample[]
}

const label = String.raw`[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*"`
const sampleLine = new RegExp(
  String.raw`^([a-zA-Z_:][a-zA-Z0-9_:]*)\{(${label}(?:,${label})*)\} (\S+)$`,
)
const comment = /^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)$/
const suffixes: Readonly<Record<string, readonly string[]>> = {
  histogram: ['_bucket', '_sum', '_count'],
  counter: [''],
  gauge: [''],
}

/**
 * Reads Prometheus' text format 0.0.4 more strictly than Prometheus does: each family once and whole, with HELP
 * and TYPE in front, no series twice, and histograms that add up. Written here since packages that parse the format
 * are lenient: they skip what they do not understand.
 */
export function parseExposition(text: string): Map<string, ParsedFamily> {
  if (!text.endsWith('\n')) throw new Error('the last line must end with a line feed')
  const families = new Map<string, ParsedFamily>()
  const series = new Set<string>()
  let help: { name: string; text: string } | undefined
  let current: (ParsedFamily & { name: string }) | undefined
  for (const line of text.slice(0, -1).split('\n')) {
    const [, kind, name = '', rest = ''] = comment.exec(line) ?? []
    if (kind === 'HELP') {
      help = { name, text: rest }
    } else if (kind === 'TYPE') {
      if (help?.name !== name) throw new Error(`no HELP before TYPE of ${name}`)
      if (families.has(name)) throw new Error(`${name} is there twice`)
      if (suffixes[rest] === undefined) throw new Error(`${name} has the type ${rest}`)
      if ((rest === 'counter') !== name.endsWith('_total')) throw new Error(`${name} is a ${rest}`)
      current = { name, help: help.text, type: rest, samples: [] }
      families.set(name, current)
    } else {
      const sample = parseSample(line)
      const allowed = suffixes[current?.type ?? '']?.map((suffix) => `${current?.name}${suffix}`)
      if (allowed?.includes(sample.name) !== true) throw new Error(`not in its family: ${line}`)
      const key = `${sample.name} ${JSON.stringify(sample.labels)}`
      if (series.has(key)) throw new Error(`there twice: ${line}`)
      series.add(key)
      current?.samples.push(sample)
    }
  }
  for (const [name, family] of families) {
    if (family.samples.length === 0) throw new Error(`${name} has no sample`)
    if (family.type === 'histogram') checkHistogram(name, family)
  }
  return families
}

function parseSample(line: string): ParsedSample {
  const [, name, pairs, text] = sampleLine.exec(line) ?? []
  if (name === undefined || pairs === undefined) throw new Error(`not a sample: ${line}`)
  const value = text === '+Inf' ? Infinity : Number(text)
  if (Number.isNaN(value)) throw new Error(`no number: ${line}`)
  const labels: Record<string, string> = {}
  for (const [, key = '', escaped = ''] of pairs.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)) {
    if (key in labels) throw new Error(`a label twice: ${line}`)
    labels[key] = escaped.replaceAll(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char))
  }
  return { name, labels, value }
}

function checkHistogram(name: string, { samples }: ParsedFamily): void {
  const plugins = new Set(samples.map(({ labels }) => labels.plugin))
  for (const plugin of plugins) {
    const own = samples.filter(({ labels }) => labels.plugin === plugin)
    const buckets = own.filter((sample) => sample.name === `${name}_bucket`)
    const bounds = buckets.map(({ labels: { le = '' } }) => (le === '+Inf' ? Infinity : Number(le)))
    const counts = buckets.map(({ value }) => value)
    const rises = (values: number[]): boolean =>
      values.every((value, i) => i === 0 || value >= (values[i - 1] ?? 0))
    if (bounds.at(-1) !== Infinity || !rises(bounds))
      throw new Error(`bounds of ${name}: ${bounds}`)
    if (!rises(counts)) throw new Error(`${name} is not cumulative: ${counts}`)
    const count = own.find((sample) => sample.name === `${name}_count`)?.value
    if (count !== counts.at(-1)) throw new Error(`the count of ${name} is ${count}`)
    if (!own.some((sample) => sample.name === `${name}_sum`)) throw new Error(`no sum of ${name}`)
  }
}
