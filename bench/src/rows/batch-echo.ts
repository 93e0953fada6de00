import { costOf } from '../cpu.js'
import { echoUrl, type RoundTrips } from '../echo.js'
import { ratesOf, rateMetrics } from '../metrics.js'
import { moduleOf } from '../plugins.js'
import { scaled, type Row } from '../row.js'
import { pluginSides } from '../sides/plugin.js'
import { corkedSide, rawSide } from '../sides/raw.js'
import { sdk } from '../sides/sdk.js'
import { openClients } from './open-clients.js'

const batch = 128
const fullTrips = 300

/** Many messages under way at a time, as they come together from a server that has much to say. */
export const batchEchoRows: readonly Row[] = [
  row(`echo of ${batch} at once, 64 B`, 64),
  row(`echo of ${batch} at once, 1 KiB`, 1024),
]

function row(name: string, size: number): Row {
  return {
    name,
    metrics: [...rateMetrics, { name: 'all of them p50', unit: 'µs', better: 'less' }],
    warmUps: 2,
    open: async ({ origin, effort }) => {
      const sides = [rawSide, corkedSide, ...pluginSides(await moduleOf('client'), sdk)]
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
