import { metrics, trace, type MeterProvider, type TracerProvider } from '@opentelemetry/api'

import type { Measured } from '../metrics/plugin-metrics.js'
import { observeDispatches } from './dispatches.js'
import { observeMetrics } from './instruments.js'
import { ConnectionSpans } from './spans.js'

/** What is observed: a plugin, several, or a function that answers those that live now. */
export type Observed = Measured | Iterable<Measured> | (() => Iterable<Measured>)

export interface ObserveOptions {
  /** Default: the global one. */
  readonly meterProvider?: MeterProvider
  /** Default: the global one. */
  readonly tracerProvider?: TracerProvider
  /**
   * Whether latency, duration and events of each dispatch are recorded as histograms: about 1.5 µs for each.
   * Default: true.
   */
  readonly dispatches?: boolean
}

/** An observation that goes on until it is ended. */
export interface Observation extends Disposable {
  /** Takes the instruments' callbacks back, and ends the spans of connections that are open. */
  end(): void
}

const scope = '@extism-ws/host'

/**
 * Tells OpenTelemetry of plugins: their metrics, and a span for each connection.
 *
 * Metrics are those of `plugin.metrics()`, with the attribute `extism_ws.plugin`; plugins of one name are
 * added up. Spans are of the kind CLIENT, from the attempt until the end of the connection, and begin with those
 * that begin from now on.
 */
export function observe(plugins: Observed, options: ObserveOptions = {}): Observation {
  const {
    meterProvider = metrics.getMeterProvider(),
    tracerProvider = trace.getTracerProvider(),
    dispatches = true,
  } = options
  const list = listOf(plugins)
  const meter = meterProvider.getMeter(scope)
  const watches = watcherOf(list)
  const spans = new ConnectionSpans(tracerProvider.getTracer(scope), watches)
  const ends = [observeMetrics(meter, list), () => spans.end()]
  if (dispatches) ends.push(observeDispatches(meter, watches))
  const end = (): void => {
    for (const each of ends.splice(0)) each()
  }
  return { end, [Symbol.dispose]: end }
}

function listOf(plugins: Observed): () => Iterable<Measured> {
  if (typeof plugins === 'function') return plugins
  if ('metrics' in plugins) return () => [plugins]
  // An iterator can be used once.
  const all = [...plugins]
  return () => all
}

/** Whether a session is of these plugins. Asked often: what is known is not looked up again. */
function watcherOf(list: () => Iterable<Measured>): (session: number) => boolean {
  const known = new WeakMap<Measured, number>()
  return (session) => {
    for (const plugin of list()) {
      const own = known.get(plugin) ?? plugin.metrics().session
      known.set(plugin, own)
      if (own === session) return true
    }
    return false
  }
}
