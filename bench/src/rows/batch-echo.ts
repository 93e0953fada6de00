import { costOf } from '../cpu.js'
import { echoUrl, type RoundTrips } from '../echo.js'
import { ratesOf, rateMetrics } from '../metrics.js'
import { scaled, type Row } from '../row.js'
import { pluginSides } from '../sides/plugin.js'
import { corkedSide, rawSide } from '../sides/raw.js'
import { sdk } from '../sides/sdk.js'
import { openClients } from './open-clients.js'

const batch = 128

/** Many messages under way at a time, as they come together from a server that has much to say. */
export const batchEchoRows: readonly Row[] = [
  row(`echo of ${batch} at once, 64 B`, 64, 300),
  row(`echo of ${batch} at once, 1 KiB`, 1024, 150),
]

function row(name: string, size: number, fullTrips: number): Row {
  return {
    name,
    metrics: [...rateMetrics, { name: 'all of them p50', unit: 'µs', better: 'less' }],
    warmUps: 1,
    open: async ({ origin, effort, client: module }) => {
      const sides = [rawSide, corkedSide, ...pluginSides(await module(), sdk)]
      const count = scaled(fullTrips, effort)
      return openClients(sides, () => ({
        url: echoUrl(origin, { count, size, batch }),
        run: async (client) => {
          const cost = await costOf(() => client.echo(count * batch))
          const { p50 } = JSON.parse(cost.result) as RoundTrips
          return [...ratesOf(cost, count * batch, size), p50]
        },
      }))
    },
  }
}
