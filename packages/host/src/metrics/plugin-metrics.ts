import type { ErrorCode } from '@extism-ws/protocol'

import type { Mode } from '../mode/mode.js'
import type { PluginIdentity } from './channels.js'

/** What is counted of connections to one URL. All but `open` only rise. */
export interface UrlMetrics {
  /** Scheme, host, port and path; `other` for those beyond the bound. */
  readonly url: string
  /** Connections that are open now. */
  readonly open: number
  /** Connections that were opened, reconnects included. */
  readonly opened: number
  /** Attempts that did not come to an open connection. */
  readonly failed: number
  /** Connections that ended after they were open. */
  readonly closed: number
  readonly messagesReceived: number
  readonly messagesSent: number
  /** Bytes of messages, without framing. */
  readonly bytesReceived: number
  readonly bytesSent: number
  /** Pings and keep-alive requests that the host sent. */
  readonly pingsSent: number
  /** Answers to them. */
  readonly pongsReceived: number
  /** Connections that were given up since no answer came. */
  readonly dead: number
  /** Connections that took the place of one that was lost. */
  readonly reconnects: number
  /** Messages of the plugin that were refused or lost while there was no connection. */
  readonly drops: number
}

/** What a histogram held at some moment. */
export interface HistogramSnapshot {
  /** How many values were recorded. */
  readonly count: number
  /** Their sum, in the histogram's unit. */
  readonly sum: number
  /** The largest one. */
  readonly max: number
  /** Estimates from the buckets: half, 90 % and 99 % of the values are not above these. */
  readonly p50: number
  readonly p90: number
  readonly p99: number
  /** Upper bounds of the buckets, inclusive and rising. */
  readonly bounds: readonly number[]
  /** Values in each bucket, not cumulative; the last one has those above every bound. */
  readonly counts: readonly number[]
}

/** Errors of a session, by code. */
export type CodeCounts = Partial<Record<ErrorCode, number>>

/**
 * What one plugin has counted since it was made, as plain values: `JSON.stringify` takes them as they are.
 * Restarts do not reset anything. Times are in milliseconds, sizes in bytes.
 */
export interface PluginMetrics extends PluginIdentity {
  readonly mode: Mode
  /** Since the plugin was made, in milliseconds. */
  readonly uptimeMs: number
  /** How often it was built anew: after crashes, and by `reload`. */
  readonly restarts: number
  readonly calls: {
    /** Calls that have not settled. */
    readonly pending: number
    readonly total: number
    /** Calls that rejected, given up by a signal included. */
    readonly failed: number
  }
  /** Sockets that have not told the plugin of their end: connecting, open, closing. */
  readonly sockets: number
  /** Events that the plugin has not fetched, now and at the most. */
  readonly inbox: {
    readonly events: number
    /** Bytes of their payloads. */
    readonly bytes: number
    readonly peakEvents: number
    readonly peakBytes: number
  }
  readonly http: {
    /** Requests under way, and those that wait for others. */
    readonly pending: number
    readonly total: number
    /** Requests that came to an error; an HTTP status is none. */
    readonly failed: number
  }
  /** Connections that were not even tried, by error code. */
  readonly refusals: CodeCounts
  /** Failures of sockets, by error code. */
  readonly errors: CodeCounts
  /** At most 64 URLs; what connects to others is counted under `other`. */
  readonly urls: readonly UrlMetrics[]
  /** How often the guest was dispatched. */
  readonly dispatches: number
  /** From when a dispatch is scheduled until the guest is entered, in milliseconds. */
  readonly dispatchLatencyMs: HistogramSnapshot
  /**
   * How long a dispatch takes, in milliseconds. In `worker` mode with the way to the thread and back, and in
   * `worker` and `jspi` mode with the time that the plugin waits in it.
   */
  readonly dispatchDurationMs: HistogramSnapshot
  /** Events that waited at each dispatch. */
  readonly queueDepth: HistogramSnapshot
}

/** Something that can be measured: a plugin. */
export interface Measured {
  metrics(): PluginMetrics
}
