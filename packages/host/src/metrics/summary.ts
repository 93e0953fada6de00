import type { Facts, Log } from '../log.js'
import type { LogOptions } from '../logger.js'
import { timerDelay } from '../timer-delay.js'
import { since } from './histogram.js'
import type { PluginMetrics, UrlMetrics } from './plugin-metrics.js'

/** When a summary comes. */
export interface SummaryOptions {
  /** Undefined for never. */
  readonly everyMs: number | undefined
  readonly level: 'debug' | 'info'
}

const defaultEveryMs = 60_000
const levels: readonly unknown[] = ['debug', 'info']

/** @throws {TypeError} for options that are none. */
export function summaryOf(
  { summaryEveryMs = defaultEveryMs, summaryLevel }: LogOptions,
  structured: boolean,
): SummaryOptions {
  const level = summaryLevel ?? (structured ? 'info' : 'debug')
  if (!levels.includes(level)) {
    throw new TypeError(`log.summaryLevel must be debug or info, got ${JSON.stringify(level)}`)
  }
  if (summaryEveryMs === false) return { everyMs: undefined, level }
  if (summaryEveryMs > 0 && Number.isFinite(summaryEveryMs)) {
    return { everyMs: summaryEveryMs, level }
  }
  throw new TypeError(
    `log.summaryEveryMs must be a positive, finite number or false, got ${summaryEveryMs}`,
  )
}

export interface SummarySettings extends SummaryOptions {
  readonly log: Log
  readonly read: () => PluginMetrics
  /** The most events that waited at a dispatch since the last time that it was asked. */
  readonly takeDeepest: () => number
}

/** A line now and then on what a plugin did since the last one; none when it did nothing. */
export class Summary {
  readonly #settings: SummarySettings
  readonly #timer: NodeJS.Timeout | undefined
  #last: PluginMetrics

  constructor(settings: SummarySettings) {
    this.#settings = settings
    this.#last = settings.read()
    const { everyMs, level, log } = settings
    // Without anybody to read it there is no timer either.
    if (everyMs === undefined || !log.enabled(level)) return
    this.#timer = setInterval(() => this.#tell(), timerDelay(everyMs))
    this.#timer.unref()
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #tell(): void {
    const { level, log, read, takeDeepest } = this.#settings
    const now = read()
    const before = this.#last
    this.#last = now
    const deepest = takeDeepest()
    const facts = summaryFacts(now, before, deepest)
    if (activity(now) !== activity(before)) log[level](summaryText(facts), { ...facts })
  }
}

/** What a summary says. Counts are of the time since the last one, apart from `sockets`. */
interface SummaryFacts extends Facts {
  readonly sockets: number
  readonly opened: number
  readonly closed: number
  readonly messagesReceived: number
  readonly bytesReceived: number
  readonly messagesSent: number
  readonly bytesSent: number
  readonly dropped: number
  readonly reconnects: number
  readonly failed: number
  readonly refused: number
  readonly restarts: number
  readonly calls: number
  readonly dispatches: number
  readonly dispatchP50Ms: number
  readonly dispatchP99Ms: number
  readonly queuePeak: number
}

function summaryFacts(now: PluginMetrics, before: PluginMetrics, queuePeak: number): SummaryFacts {
  const difference = (read: (metrics: PluginMetrics) => number): number => read(now) - read(before)
  const counted = (field: Exclude<keyof UrlMetrics, 'url'>): number =>
    difference(({ urls }) => total(urls.map((row) => row[field])))
  const duration = since(now.dispatchDurationMs, before.dispatchDurationMs)
  return {
    sockets: now.sockets,
    opened: counted('opened'),
    closed: counted('closed'),
    messagesReceived: counted('messagesReceived'),
    bytesReceived: counted('bytesReceived'),
    messagesSent: counted('messagesSent'),
    bytesSent: counted('bytesSent'),
    dropped: counted('drops'),
    reconnects: counted('reconnects'),
    failed: counted('failed'),
    refused: difference(refusals),
    restarts: difference(({ restarts }) => restarts),
    calls: difference(({ calls }) => calls.total),
    dispatches: difference(({ dispatches }) => dispatches),
    dispatchP50Ms: rounded(duration.p50),
    dispatchP99Ms: rounded(duration.p99),
    queuePeak,
  }
}

/** `3 sockets, 1,204 messages in (1.2 MB), 3 out (54 B), dispatch p50 0.2 ms p99 1.1 ms, queue peak 12, 0 dropped` */
function summaryText(facts: SummaryFacts): string {
  const { sockets, messagesReceived, messagesSent, dispatches } = facts
  const parts = [
    `${amount(sockets)} ${sockets === 1 ? 'socket' : 'sockets'}`,
    `${amount(messagesReceived)} messages in (${size(facts.bytesReceived)})`,
    `${amount(messagesSent)} out (${size(facts.bytesSent)})`,
  ]
  if (dispatches > 0) {
    parts.push(`dispatch p50 ${facts.dispatchP50Ms} ms p99 ${facts.dispatchP99Ms} ms`)
    parts.push(`queue peak ${amount(facts.queuePeak)}`)
  }
  parts.push(`${amount(facts.dropped)} dropped`)
  const rare = ['reconnects', 'failed', 'refused', 'restarts'] as const
  for (const name of rare) if (facts[name] > 0) parts.push(`${amount(facts[name])} ${name}`)
  return parts.join(', ')
}

/** Another number whenever anything was counted. */
function activity({ calls, urls, restarts, dispatches, ...metrics }: PluginMetrics): number {
  const sockets = urls.flatMap((row) => [
    ...[row.opened, row.closed, row.failed, row.drops, row.messagesReceived, row.messagesSent],
    ...[row.pingsSent, row.dead],
  ])
  return total([calls.total, restarts, dispatches, refusals(metrics), ...sockets])
}

function refusals({ refusals: counts }: Pick<PluginMetrics, 'refusals'>): number {
  return total(Object.values(counts))
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0)
}

function amount(value: number): string {
  return value.toLocaleString('en-US')
}

const sizes = ['B', 'kB', 'MB', 'GB', 'TB'] as const

function size(bytes: number): string {
  const step = bytes < 1000 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), sizes.length - 1)
  const value = bytes / 1000 ** step
  return `${step === 0 ? value : value.toFixed(1)} ${sizes[step]}`
}

/** Two digits: more is not known from buckets. */
function rounded(value: number): number {
  return Number(value.toPrecision(2))
}
