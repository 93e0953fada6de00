import { costOf } from '../cpu.js'
import { echoUrl } from '../echo.js'
import { roundTripMetrics, roundTripsOf, stallMetric } from '../metrics.js'
import { scaled, type Row, type Setting } from '../row.js'
import type { ClientSide, Echoing } from '../sides/client.js'
import { pluginSides } from '../sides/plugin.js'
import { rawSide } from '../sides/raw.js'
import { sdk } from '../sides/sdk.js'
import { openClients } from './open-clients.js'

const fullCount = 3000
const fullLargeCount = 400

/** One message under way at a time: the client sends back what it gets. */
export const echoRows: readonly Row[] = [
  echoRow('echo, 64 B', 64, allApis),
  echoRow('echo, 1 KiB', 1024, allApis),
  echoRow('echo, 64 KiB', 65_536, allApis),
]

/** @param options whether one of the sides can stall; how many runs it takes to warm up. */
export function echoRow(
  name: string,
  size: number,
  sides: (setting: Setting) => Promise<readonly ClientSide<Echoing>[]>,
  { stalls = false, warmUps = 2 } = {},
): Row {
  return {
    name,
    metrics: stalls ? [...roundTripMetrics, stallMetric] : roundTripMetrics,
    warmUps,
    open: async (setting) =>
      openClients(await sides(setting), (share) => {
        const count = scaled(size > 1024 ? fullLargeCount : fullCount, setting.effort * share)
        return {
          url: echoUrl(setting.origin, { count, size, batch: 1 }),
          run: async (client) =>
            roundTripsOf(await costOf(() => client.echo(count)), count, stalls),
        }
      }),
  }
}

async function allApis({ client }: Setting): Promise<ClientSide[]> {
  return [rawSide, ...pluginSides(await client(), sdk)]
}
