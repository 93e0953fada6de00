import type { Cost } from './cpu.js'
import type { RoundTrips } from './echo.js'
import type { Measured, Metric } from './row.js'

const clientCpu: Metric = { name: 'client CPU', unit: 'µs/message', better: 'less' }

/** Of rows that are about how much goes through. */
export const rateMetrics: readonly Metric[] = [
  { name: 'messages', unit: '1/s', better: 'more' },
  { name: 'throughput', unit: 'MB/s', better: 'more', absolute: true },
  clientCpu,
]

export function ratesOf(cost: Cost<unknown>, count: number, size: number): Measured {
  const perSecond = count / (cost.milliseconds / 1000)
  return [perSecond, (perSecond * size) / 1e6, cost.cpuMicroseconds / count]
}

/** Of rows that are about how long it takes. */
export const roundTripMetrics: readonly Metric[] = [
  { name: 'round trip p50', unit: 'µs', better: 'less' },
  { name: 'round trip p99', unit: 'µs', better: 'less' },
  clientCpu,
]

/** @param cost its result is what the server measured, as JSON. */
export function roundTripsOf(cost: Cost<string>, count: number): Measured {
  const { p50, p99 } = JSON.parse(cost.result) as RoundTrips
  return [p50, p99, cost.cpuMicroseconds / count]
}
