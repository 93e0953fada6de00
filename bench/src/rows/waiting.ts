import type { Mode } from '@extism-ws/host'

import { costOf } from '../cpu.js'
import { echoUrl } from '../echo.js'
import { roundTripMetrics, roundTripsOf } from '../metrics.js'
import { moduleOf } from '../plugins.js'
import { scaled, type Row } from '../row.js'
import type { Client, ClientSide } from '../sides/client.js'
import { pluginIn, waitingModes } from '../sides/modes.js'
import { rawSide } from '../sides/raw.js'
import { openClients } from './open-clients.js'

/**
 * One message under way at a time, in one call that waits for each: what waking up costs is in every
 * round trip.
 */
export const waitingRows: readonly Row[] = [
  row('blocking echo, 64 B', 3000, 64),
  row('blocking echo, 8 MiB', 6, 8 * 2 ** 20),
]

function row(name: string, fullCount: number, size: number): Row {
  return {
    name,
    metrics: roundTripMetrics,
    share: size > 2 ** 20 ? 0.4 : 1,
    warmUps: size > 2 ** 20 ? 1 : 5,
    open: async ({ origin, effort }) => {
      const count = scaled(fullCount, effort)
      const module = await moduleOf('waiting')
      const sides = [rawSide, ...waitingModes.map((mode) => side(mode, module))]
      return openClients(sides, () => ({
        url: echoUrl(origin, { count, size, batch: 1 }),
        run: async (client) => roundTripsOf(await costOf(() => client.echo(count)), count),
      }))
    },
  }
}

function side(mode: Mode, module: Uint8Array): ClientSide {
  return {
    name: `sync, ${mode}`,
    open: async (url): Promise<Client> => {
      const plugin = await pluginIn(mode, module, { sockets: { allow: [new URL(url).origin] } })
      await plugin.call('openSync', url)
      return {
        flood: () => Promise.reject(new Error('not measured')),
        send: () => Promise.reject(new Error('not measured')),
        echo: async () => (await plugin.call('echoSync'))?.text() ?? '',
        [Symbol.asyncDispose]: () => plugin.close(),
      }
    },
  }
}
