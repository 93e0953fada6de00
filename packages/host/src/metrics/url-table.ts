import { ConnectionStats } from './connection-stats.js'
import type { UrlMetrics } from './plugin-metrics.js'

/** URLs that are counted apart; a plugin chooses them, so their number is bounded. */
const mostUrls = 64

/** Where those beyond are counted. */
const otherUrls = 'other'

/** The sockets of one URL. */
interface UrlGroup {
  /** What sockets that have ended came to. */
  readonly ended: ConnectionStats
  readonly live: Set<ConnectionStats>
}

/** What is counted of a session's sockets, by URL. */
export class UrlTable {
  readonly #groups = new Map<string, UrlGroup>()

  /** Counters for one more socket of a URL: counted when it begins. */
  counters(key: string): ConnectionStats {
    const apart = this.#groups.has(key) || this.#groups.size < mostUrls
    return new ConnectionStats(apart ? key : otherUrls)
  }

  begin(counters: ConnectionStats): void {
    this.#group(counters.url).live.add(counters)
  }

  /** The socket of these counters has ended: what they hold stays. */
  end(counters: ConnectionStats): void {
    const group = this.#groups.get(counters.url)
    if (group?.live.delete(counters) === true) group.ended.add(counters)
  }

  snapshot(): UrlMetrics[] {
    return [...this.#groups.values()].map(({ ended, live }) => {
      const sum = new ConnectionStats(ended.url).add(ended)
      for (const counters of live) sum.add(counters)
      return { ...sum }
    })
  }

  #group(url: string): UrlGroup {
    const known = this.#groups.get(url)
    if (known !== undefined) return known
    const group = { ended: new ConnectionStats(url), live: new Set<ConnectionStats>() }
    this.#groups.set(url, group)
    return group
  }
}

/** Rows of several tables, with one for each URL; bounded as one table is. */
export function sumUrls(rows: Iterable<UrlMetrics>): UrlMetrics[] {
  const table = new Map<string, ConnectionStats>()
  for (const row of rows) {
    const url = table.has(row.url) || table.size < mostUrls ? row.url : otherUrls
    const sum = table.get(url) ?? new ConnectionStats(url)
    table.set(url, sum.add(row))
  }
  return [...table.values()]
}
