import { costOf } from '../cpu.js'
import { echoUrl, type RoundTrips } from '../echo.js'
import { scaled, type Metric, type Row } from '../row.js'
import { pluginSides } from '../sides/plugin.js'
import { rawSide } from '../sides/raw.js'
import { sdk } from '../sides/sdk.js'
import { openClients } from './open-clients.js'

const metrics: readonly Metric[] = [
  { name: 'round trip p50', unit: 'µs', better: 'less' },
  { name: 'round trip p99', unit: 'µs', better: 'less' },
  { name: 'client CPU', unit: 'µs/message', better: 'less' },
]
const fullCount = 3000

/** One message under way at a time: the client sends back what it gets. */
export const echoRows: readonly Row[] = [row('echo, 64 B', 64), row('echo, 1 KiB', 1024)]

function row(name: string, size: number): Row {
  return {
    name,
    metrics,
    // V8 optimises the interpreter only after some tens of thousands of messages.
    warmUps: 12,
    open: ({ origin, effort, client: module }) => {
      const count = scaled(fullCount, effort)
      const sides = [rawSide, ...pluginSides(module, sdk)]
      return openClients(sides, echoUrl(origin, { count, size }), async (client) => {
        const { result, cpuMicroseconds } = await costOf(() => client.echo())
        const { p50, p99 } = JSON.parse(result) as RoundTrips
        return [p50, p99, cpuMicroseconds / count]
      })
    },
  }
}
