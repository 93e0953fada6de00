import type { HistogramSnapshot } from './plugin-metrics.js'

/** The largest integer whose bits `Math.clz32` counts. */
const most = 2 ** 32 - 1

/**
 * Counts values in buckets of which each is twice as wide as the one before. Recording is a count of
 * leading zeros and three additions: no logarithm, no search, nothing allocated.
 */
export class Histogram {
  readonly #perUnit: number
  readonly #bounds: readonly number[]
  readonly #counts: Float64Array
  #count = 0
  #sum = 0
  #max = 0

  /**
   * @param perUnit how many of the first bucket make one unit: 1,000 for buckets from 0.001 on.
   * @param buckets how many there are, besides the one for larger values; 32 at the most.
   */
  constructor(perUnit: number, buckets: number) {
    this.#perUnit = perUnit
    this.#bounds = Array.from({ length: buckets }, (_, i) => 2 ** i / perUnit)
    this.#counts = new Float64Array(buckets + 1)
  }

  /** Negative values count as 0: a clock may have been set back. */
  record(value: number): void {
    const known = value > 0 ? value : 0
    const steps = Math.min(Math.ceil(known * this.#perUnit), most)
    const bucket = steps <= 1 ? 0 : 32 - Math.clz32(steps - 1)
    const last = this.#bounds.length
    const at = bucket < last ? bucket : last
    this.#counts[at] = (this.#counts[at] ?? 0) + 1
    this.#count++
    this.#sum += known
    if (known > this.#max) this.#max = known
  }

  get count(): number {
    return this.#count
  }

  snapshot(): HistogramSnapshot {
    return snapshotOf(this.#bounds, [...this.#counts], this.#sum, this.#max)
  }
}

/** Durations in milliseconds, from 0.001 to 16,777: a bucket for each power of two. */
export function durations(): Histogram {
  return new Histogram(1000, 25)
}

/** Numbers of things, from 1 to 65,536. */
export function amounts(): Histogram {
  return new Histogram(1, 17)
}

/** What several histograms of the same bounds hold together; undefined for none. */
export function sumHistograms(
  first: HistogramSnapshot,
  ...others: readonly HistogramSnapshot[]
): HistogramSnapshot {
  return others.reduce(
    (sum, each) =>
      snapshotOf(
        sum.bounds,
        sum.counts.map((count, i) => count + (each.counts[i] ?? 0)),
        sum.sum + each.sum,
        Math.max(sum.max, each.max),
      ),
    first,
  )
}

/** What came since another snapshot of the same histogram. Its `max` is an estimate, too. */
export function since(now: HistogramSnapshot, before: HistogramSnapshot): HistogramSnapshot {
  const counts = now.counts.map((count, i) => count - (before.counts[i] ?? 0))
  const highest = counts.findLastIndex((count) => count > 0)
  const max = highest < 0 ? 0 : Math.min(now.bounds[highest] ?? now.max, now.max)
  return snapshotOf(now.bounds, counts, now.sum - before.sum, max)
}

function snapshotOf(
  bounds: readonly number[],
  counts: readonly number[],
  sum: number,
  max: number,
): HistogramSnapshot {
  const count = counts.reduce((total, each) => total + each, 0)
  const quantile = (part: number): number => quantileOf(bounds, counts, count * part, max)
  return {
    count,
    sum,
    max,
    p50: quantile(0.5),
    p90: quantile(0.9),
    p99: quantile(0.99),
    bounds,
    counts,
  }
}

/** The value that so many are not above, as if those of a bucket lay evenly in it. */
function quantileOf(
  bounds: readonly number[],
  counts: readonly number[],
  rank: number,
  max: number,
): number {
  let below = 0
  for (const [i, count] of counts.entries()) {
    if (count > 0 && below + count >= rank) {
      const from = i === 0 ? 0 : (bounds[i - 1] ?? 0)
      const to = Math.min(bounds[i] ?? max, max)
      return from + (Math.max(to - from, 0) * (rank - below)) / count
    }
    below += count
  }
  return 0
}
