import { costOf } from '../cpu.js'
import { floodUrl, type Flood } from '../flood.js'
import { seen, seenTicks } from '../look.js'
import { noStalls, ratesOf, rateMetrics, stallMetric, stallsOf } from '../metrics.js'
import { scaled, type Row, type Setting } from '../row.js'
import type { ClientSide } from '../sides/client.js'
import { pluginSides } from '../sides/plugin.js'
import { rawSide } from '../sides/raw.js'
import { releasedSdk, sdk } from '../sides/sdk.js'
import { openClients } from './open-clients.js'

export const small: Flood = { count: 60_000, size: 64, kind: 'binary', sender: 'frames' }
export const medium: Flood = { ...small, count: 40_000, size: 1024 }
const large: Flood = { ...small, count: 2000, size: 65_536 }
const huge: Flood = { ...small, count: 80, size: 2 ** 20 }

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
  floodRow(
    'flood, 1 KiB text, permessage-deflate',
    { ...medium, count: 2000, kind: 'text', sender: 'deflate' },
    allApis,
  ),
  floodRow('flood, 64 B binary, SDK 1.0.3', small, (setting) => allApis(setting, releasedSdk)),
]

/** @param options whether one of the sides can stall; how many runs it takes to warm up. */
export function floodRow(
  name: string,
  full: Flood,
  sides: (setting: Setting) => Promise<readonly ClientSide[]>,
  { stalls = false, warmUps = 1 } = {},
): Row {
  return {
    name,
    metrics: stalls ? [...rateMetrics, stallMetric] : rateMetrics,
    warmUps,
    open: async (setting) =>
      openClients(await sides(setting), (share) => {
        const flood = { ...full, count: scaled(full.count, setting.effort * share) }
        const { count, size } = flood
        return {
          url: floodUrl(setting.origin, flood),
          run: async (client) => {
            const cost = await costOf(() => client.flood(count))
            const expected = (flood.sender === 'deflate' ? seenTicks : seen)(count, size)
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

async function allApis({ client }: Setting, extism = sdk): Promise<ClientSide[]> {
  return [rawSide, ...pluginSides(await client(), extism)]
}
