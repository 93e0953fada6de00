import { costOf } from '../cpu.js'
import { noStalls, ratesOf, rateMetrics, stallMetric, stallsOf } from '../metrics.js'
import { scaled, type Row, type Setting } from '../row.js'
import type { ClientSide, Outgoing } from '../sides/client.js'
import { sendingSides } from '../sides/plugin.js'
import { corkedSide, rawSide } from '../sides/raw.js'
import { openClients } from './open-clients.js'

export const medium: Outgoing = { count: 20_000, size: 1024, kind: 'binary' }

/** The client sends as fast as the server reads. */
export const sendRows: readonly Row[] = [
  sendRow('send flood, 64 B binary', { ...medium, count: 40_000, size: 64 }, allApis),
  sendRow('send flood, 1 KiB binary', medium, allApis),
  sendRow('send flood, 64 KiB binary', { ...medium, count: 600, size: 65_536 }, allApis),
  sendRow('send flood, 1 MiB binary', { ...medium, count: 40, size: 2 ** 20 }, allApis),
  sendRow('send flood, 1 KiB text', { ...medium, kind: 'text' }, allApis),
]

/** @param options whether one of the sides can stall; how many runs it takes to warm up. */
export function sendRow(
  name: string,
  full: Outgoing,
  sides: (setting: Setting) => Promise<readonly ClientSide[]>,
  { stalls = false, warmUps = 1 } = {},
): Row {
  return {
    name,
    metrics: stalls ? [...rateMetrics, stallMetric] : rateMetrics,
    warmUps,
    open: async (setting) =>
      openClients(await sides(setting), (share) => {
        const count = scaled(full.count, setting.effort * share)
        const { size } = full
        return {
          url: `${setting.origin}/sink?count=${count}`,
          run: async (client) => {
            const cost = await costOf(() => client.send({ ...full, count }))
            if (cost.result !== count * size) {
              throw new Error(`${name}: ${cost.result} bytes arrived`)
            }
            const stalled = client.takeStalls?.() ?? noStalls
            const rates = ratesOf(cost, count, size, stalled)
            return stalls ? [...rates, stallsOf(stalled.count, count)] : rates
          },
        }
      }),
  }
}

async function allApis({ client }: Setting): Promise<ClientSide[]> {
  return [rawSide, corkedSide, ...sendingSides(await client())]
}
