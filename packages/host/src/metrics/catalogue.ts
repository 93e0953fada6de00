import type { HistogramSnapshot, UrlMetrics } from './plugin-metrics.js'
import type { NamedMetrics } from './sum.js'

/** What a value is told apart by, besides its plugin. */
type Labels = Readonly<Record<string, string>>

/** One value of a metric. */
interface Sample {
  readonly labels: Labels
  readonly value: number
}

/** A number that Prometheus and OpenTelemetry are told, under names that follow from this one. */
export interface Metric {
  readonly name: string
  /** A counter only rises while its plugin lives; a gauge does as it likes. */
  readonly kind: 'counter' | 'gauge'
  /** By UCUM, as OpenTelemetry has it: `s`, `By`, `{message}`. */
  readonly unit: string
  readonly help: string
  /** The label that its samples have. */
  readonly by: 'url' | 'code' | undefined
  read(metrics: NamedMetrics): readonly Sample[]
}

/** The same for a distribution. */
export interface Distribution {
  readonly name: string
  readonly unit: string
  readonly help: string
  read(metrics: NamedMetrics): HistogramSnapshot
  /** How many of the snapshot's units make one of `unit`. */
  readonly perUnit: number
  /** Bounds for whoever counts in buckets of their own, in `unit`. */
  readonly recommended: readonly number[]
}

function single(
  kind: Metric['kind'],
  name: string,
  unit: string,
  help: string,
  read: (metrics: NamedMetrics) => number,
): Metric {
  const by = undefined
  return { name, kind, unit, help, by, read: (metrics) => [{ labels: {}, value: read(metrics) }] }
}

function perUrl(
  kind: Metric['kind'],
  name: string,
  unit: string,
  help: string,
  read: (row: UrlMetrics) => number,
): Metric {
  const samples = ({ urls }: NamedMetrics): readonly Sample[] =>
    urls.map((row) => ({ labels: { url: row.url }, value: read(row) }))
  return { name, kind, unit, help, by: 'url', read: samples }
}

function perCode(name: string, unit: string, help: string, field: 'refusals' | 'errors'): Metric {
  const samples = (metrics: NamedMetrics): readonly Sample[] =>
    Object.entries(metrics[field]).map(([code, value]) => ({ labels: { code }, value }))
  return { name, kind: 'counter', unit, help, by: 'code', read: samples }
}

/** Every number that is told. docs/operations.md has this table; a test keeps them equal. */
export const catalogue: readonly Metric[] = [
  single('gauge', 'plugins', '{plugin}', 'Plugins of this name.', (m) => m.plugins),
  single(
    'gauge',
    'uptime',
    's',
    'Time since the oldest of them was made.',
    (m) => m.uptimeMs / 1000,
  ),
  single(
    'counter',
    'restarts',
    '{restart}',
    'Times that a plugin was built anew.',
    (m) => m.restarts,
  ),
  single(
    'gauge',
    'calls.pending',
    '{call}',
    'Calls that have not settled.',
    (m) => m.calls.pending,
  ),
  single('counter', 'calls', '{call}', 'Calls that were made.', (m) => m.calls.total),
  single('counter', 'calls.failed', '{call}', 'Calls that rejected.', (m) => m.calls.failed),
  single(
    'gauge',
    'sockets',
    '{socket}',
    'Sockets that are connecting, open or closing.',
    (m) => m.sockets,
  ),
  single(
    'gauge',
    'inbox.events',
    '{event}',
    'Events that wait for the plugin.',
    (m) => m.inbox.events,
  ),
  single('gauge', 'inbox.size', 'By', 'Size of those.', (m) => m.inbox.bytes),
  single(
    'gauge',
    'inbox.peak.events',
    '{event}',
    'Most events that waited.',
    (m) => m.inbox.peakEvents,
  ),
  single(
    'gauge',
    'inbox.peak.size',
    'By',
    'Largest size of waiting events.',
    (m) => m.inbox.peakBytes,
  ),
  single(
    'gauge',
    'http.requests.pending',
    '{request}',
    'HTTP requests under way.',
    (m) => m.http.pending,
  ),
  single(
    'counter',
    'http.requests',
    '{request}',
    'HTTP requests of the plugin.',
    (m) => m.http.total,
  ),
  single(
    'counter',
    'http.requests.failed',
    '{request}',
    'Those that came to an error.',
    (m) => m.http.failed,
  ),
  perCode('refusals', '{connection}', 'Connections that were not even tried.', 'refusals'),
  perCode('errors', '{error}', 'Failures of sockets.', 'errors'),
  perUrl('gauge', 'connections.open', '{connection}', 'Connections that are open.', (u) => u.open),
  perUrl(
    'counter',
    'connections.opened',
    '{connection}',
    'Connections that were opened.',
    (u) => u.opened,
  ),
  perUrl(
    'counter',
    'connections.failed',
    '{connection}',
    'Attempts that came to no connection.',
    (u) => u.failed,
  ),
  perUrl(
    'counter',
    'connections.closed',
    '{connection}',
    'Connections that ended after they were open.',
    (u) => u.closed,
  ),
  perUrl(
    'counter',
    'connections.dead',
    '{connection}',
    'Connections given up since no answer came.',
    (u) => u.dead,
  ),
  perUrl(
    'counter',
    'reconnects',
    '{connection}',
    'Connections that took the place of a lost one.',
    (u) => u.reconnects,
  ),
  perUrl(
    'counter',
    'messages.received',
    '{message}',
    'Messages received.',
    (u) => u.messagesReceived,
  ),
  perUrl('counter', 'messages.sent', '{message}', 'Messages sent.', (u) => u.messagesSent),
  perUrl(
    'counter',
    'messages.dropped',
    '{message}',
    'Messages of the plugin that were refused or lost.',
    (u) => u.drops,
  ),
  perUrl(
    'counter',
    'received',
    'By',
    'Size of messages received, without framing.',
    (u) => u.bytesReceived,
  ),
  perUrl('counter', 'sent', 'By', 'Size of messages sent, without framing.', (u) => u.bytesSent),
  perUrl(
    'counter',
    'pings.sent',
    '{ping}',
    'Pings and keep-alive requests sent.',
    (u) => u.pingsSent,
  ),
  perUrl('counter', 'pongs.received', '{pong}', 'Answers to them.', (u) => u.pongsReceived),
]

const seconds = [
  0.00001, 0.00005, 0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10,
] as const

export const distributions: readonly Distribution[] = [
  {
    name: 'dispatch.latency',
    unit: 's',
    help: 'From when a dispatch is scheduled until the guest is entered.',
    read: (metrics) => metrics.dispatchLatencyMs,
    perUnit: 1000,
    recommended: seconds,
  },
  {
    name: 'dispatch.duration',
    unit: 's',
    help: 'How long a dispatch takes.',
    read: (metrics) => metrics.dispatchDurationMs,
    perUnit: 1000,
    recommended: seconds,
  },
  {
    name: 'dispatch.events',
    unit: '{event}',
    help: 'Events that waited at a dispatch.',
    read: (metrics) => metrics.queueDepth,
    perUnit: 1,
    recommended: [1, 4, 16, 64, 256, 1024, 4096, 16_384],
  },
]
