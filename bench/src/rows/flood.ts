import { costOf } from '../cpu.js'
import { floodUrl, type Flood } from '../flood.js'
import { seen } from '../look.js'
import { noStalls, ratesOf, rateMetrics, stallMetric, stallsOf } from '../metrics.js'
import { moduleOf } from '../plugins.js'
import { scaled, type Row } from '../row.js'
import type { ClientSide } from '../sides/client.js'
import { pluginSides } from '../sides/plugin.js'
import { rawSide } from '../sides/raw.js'
import { releasedSdk, sdk } from '../sides/sdk.js'
import { openClients } from './open-clients.js'

export const small: Flood = { count: 60_000, size: 64, kind: 'binary', sender: 'frames' }
export const medium: Flood = { ...small, count: 40_000, size: 1024 }
const large: Flood = { ...small, count: 2000, size: 65_536 }
const huge: Flood = { ...small, count: 120, size: 2 ** 20 }

/** The server sends as fast as the client reads. */
export const floodRows: readonly Row[] = [
  floodRow('flood, 64 B binary', small, allApis),
  floodRow('flood, 1 KiB binary', medium, allApis),
  floodRow('flood, 64 KiB binary', large, allApis),
  floodRow('flood, 1 MiB binary', huge, allApis),
  floodRow('flood, 64 B text', { ...small, kind: 'text' }, allApis),
  floodRow('flood, 1 KiB text', { ...medium, kind: 'text' }, allApis),
  floodRow('flood, 64 KiB text', { ...large, kind: 'text' }, allApis),
  floodRow('flood, 1 MiB text', { ...huge, kind: 'text' }, allApis),
  floodRow('flood, 64 B binary, server on ws', { ...small, sender: 'ws' }, allApis),
  floodRow('flood, 64 B binary, SDK 1.0.3', small, () => allApis(releasedSdk)),
]

/** @param stalls whether one of the sides can stall. */
export function floodRow(
  name: string,
  full: Flood,
  sides: () => Promise<readonly ClientSide[]>,
  { stalls = false } = {},
): Row {
  return {
    name,
    metrics: stalls ? [...rateMetrics, stallMetric] : rateMetrics,
    warmUps: 2,
    open: async ({ origin, effort }) =>
      openClients(await sides(), (sideShare) => {
        const flood = { ...full, count: scaled(full.count, effort * sideShare) }
        const { count, size } = flood
        return {
          url: floodUrl(origin, flood),
          run: async (client) => {
            const cost = await costOf(() => client.flood(count))
            const expected = seen(count, size)
            if (cost.result !== expected) {
              throw new Error(`${name}: saw ${cost.result}, not ${expected}`)
            }
            const stalled = client.takeStalls?.() ?? noStalls
            const rates = ratesOf(cost, count, size, stalled)
            return stalls ? [...rates, stallsOf(stalled.count, count)] : rates
          },
        }
      }),
  }
}

async function allApis(extism = sdk): Promise<ClientSide[]> {
  return [rawSide, ...pluginSides(await moduleOf('client'), extism)]
}
