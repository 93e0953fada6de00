import { costOf } from '../cpu.js'
import { echoUrl } from '../echo.js'
import { roundTripMetrics, roundTripsOf, stallMetric } from '../metrics.js'
import { moduleOf } from '../plugins.js'
import { scaled, type Row } from '../row.js'
import type { ClientSide } from '../sides/client.js'
import { pluginSides } from '../sides/plugin.js'
import { rawSide } from '../sides/raw.js'
import { sdk } from '../sides/sdk.js'
import { openClients } from './open-clients.js'

const fullCount = 3000
const fullLargeCount = 800

/** One message under way at a time: the client sends back what it gets. */
export const echoRows: readonly Row[] = [
  echoRow('echo, 64 B', 64, allApis),
  echoRow('echo, 1 KiB', 1024, allApis),
  echoRow('echo, 64 KiB', 65_536, allApis),
]

/** @param stalls whether one of the sides can stall. */
export function echoRow(
  name: string,
  size: number,
  sides: () => Promise<readonly ClientSide[]>,
  { stalls = false } = {},
): Row {
  return {
    name,
    metrics: stalls ? [...roundTripMetrics, stallMetric] : roundTripMetrics,
    warmUps: 4,
    open: async ({ origin, effort }) =>
      openClients(await sides(), (sideShare) => {
        const count = scaled(size > 1024 ? fullLargeCount : fullCount, effort * sideShare)
        return {
          url: echoUrl(origin, { count, size, batch: 1 }),
          run: async (client) =>
            roundTripsOf(await costOf(() => client.echo(count)), count, stalls),
        }
      }),
  }
}

async function allApis(): Promise<ClientSide[]> {
  return [rawSide, ...pluginSides(await moduleOf('client'), sdk)]
}
