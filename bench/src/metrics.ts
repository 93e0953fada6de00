import type { Cost } from './cpu.js'
import type { RoundTrips } from './echo.js'
import type { Measured, Metric } from './row.js'
import type { Stalled } from './sides/client.js'

export const noStalls: Stalled = { count: 0, milliseconds: 0 }

const clientCpu: Metric = { name: 'client CPU', unit: 'µs/message', better: 'less' }

/** Of rows that are about how much goes through. */
export const rateMetrics: readonly Metric[] = [
  { name: 'messages', unit: '1/s', better: 'more' },
  { name: 'throughput', unit: 'MB/s', better: 'more', absolute: true },
  clientCpu,
]

/** @param stalled time in which a side did nothing, and that is not its rate's. */
export function ratesOf(
  cost: Cost<unknown>,
  count: number,
  size: number,
  { milliseconds: stalled } = noStalls,
): Measured {
  const perSecond = count / ((cost.milliseconds - stalled) / 1000)
  return [perSecond, (perSecond * size) / 1e6, cost.cpuMicroseconds / count]
}

/** How often something took 500 ms instead, of rows with a side that can stall; 0 on all others. */
export const stallMetric: Metric = {
  name: 'stalls',
  unit: '1/1,000 messages',
  better: 'less',
  absolute: true,
}

export function stallsOf(stalls: number, count: number): number {
  return (stalls * 1000) / count
}

/** Of rows that are about how long it takes. */
export const roundTripMetrics: readonly Metric[] = [
  { name: 'round trip p50', unit: 'µs', better: 'less' },
  { name: 'round trip p99', unit: 'µs', better: 'less' },
  clientCpu,
]

/** @param cost its result is what the server measured, as JSON. */
export function roundTripsOf(cost: Cost<string>, count: number, stalls = false): Measured {
  const trips = JSON.parse(cost.result) as RoundTrips
  const measured = [trips.p50, trips.p99, cost.cpuMicroseconds / count]
  return stalls ? [...measured, stallsOf(trips.stalls, count)] : measured
}
