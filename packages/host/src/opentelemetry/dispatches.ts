import type { Meter } from '@opentelemetry/api'

import { distributions } from '../metrics/catalogue.js'
import { instrumentName, pluginAttribute } from './names.js'
import { subscribe } from './subscribe.js'

/** OpenTelemetry has no histogram that is observed: each dispatch is recorded. */
export function observeDispatches(meter: Meter, watches: (session: number) => boolean): () => void {
  const [latency, duration, events] = distributions.map(({ name, unit, help, recommended }) =>
    meter.createHistogram(instrumentName(name), {
      unit,
      description: help,
      advice: { explicitBucketBoundaries: [...recommended] },
    }),
  )
  return subscribe('extism-ws:dispatch', (message) => {
    if (!watches(message.session)) return
    const attributes = { [pluginAttribute]: message.plugin }
    latency?.record(message.latencyMs / 1000, attributes)
    duration?.record(message.durationMs / 1000, attributes)
    events?.record(message.events, attributes)
  })
}
