import type { BatchObservableResult, Meter, Observable } from '@opentelemetry/api'

import { catalogue, type Metric } from '../metrics/catalogue.js'
import type { Measured } from '../metrics/plugin-metrics.js'
import { byName } from '../metrics/sum.js'
import { instrumentName, pluginAttribute } from './names.js'

/** Attributes by the semantic conventions, for the labels of metrics. */
const attributeNames: Readonly<Record<string, string>> = { url: 'url.full', code: 'error.type' }

/** Registers an observable instrument for each number that is told. Answers what takes them back. */
export function observeMetrics(meter: Meter, list: () => Iterable<Measured>): () => void {
  const instruments = catalogue.map((metric) => [metric, instrumentFor(meter, metric)] as const)
  const observables = instruments.map(([, instrument]) => instrument)
  const read = (result: BatchObservableResult): void => {
    for (const named of byName(list())) {
      for (const [metric, instrument] of instruments) {
        for (const { labels, value } of metric.read(named)) {
          const attributes = { [pluginAttribute]: named.plugin, ...attributesOf(labels) }
          result.observe(instrument, value, attributes)
        }
      }
    }
  }
  meter.addBatchObservableCallback(read, observables)
  return () => meter.removeBatchObservableCallback(read, observables)
}

function instrumentFor(meter: Meter, { name, kind, unit, help }: Metric): Observable {
  const options = { unit, description: help }
  return kind === 'counter'
    ? meter.createObservableCounter(instrumentName(name), options)
    : meter.createObservableGauge(instrumentName(name), options)
}

function attributesOf(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels).map(([label, text]) => [attributeNames[label] ?? label, text]),
  )
}
