import type { ExtismSdk } from '@extism-ws/host'

import { costOf } from '../cpu.js'
import { floodUrl, type Flood } from '../flood.js'
import { seen } from '../look.js'
import { scaled, type Metric, type Row } from '../row.js'
import { pluginSides } from '../sides/plugin.js'
import { rawSide } from '../sides/raw.js'
import { releasedSdk, sdk } from '../sides/sdk.js'
import { openClients } from './open-clients.js'

const metrics: readonly Metric[] = [
  { name: 'messages', unit: '1/s', better: 'more' },
  { name: 'client CPU', unit: 'µs/message', better: 'less' },
]

const small: Flood = { count: 60_000, size: 64, kind: 'binary', sender: 'frames' }
const medium: Flood = { ...small, count: 40_000, size: 1024 }
const large: Flood = { ...small, count: 2000, size: 65_536 }

/** The server sends as fast as the client reads. */
export const floodRows: readonly Row[] = [
  row('flood, 64 B binary', small, sdk),
  row('flood, 1 KiB binary', medium, sdk),
  row('flood, 64 KiB binary', large, sdk),
  row('flood, 1 KiB text', { ...medium, kind: 'text' }, sdk),
  row('flood, 64 B binary, server on ws', { ...small, sender: 'ws' }, sdk),
  row('flood, 64 B binary, SDK 1.0.3', small, releasedSdk),
]

function row(name: string, full: Flood, extism: ExtismSdk): Row {
  return {
    name,
    metrics,
    warmUps: 2,
    open: ({ origin, effort, client: module }) => {
      const flood = { ...full, count: scaled(full.count, effort) }
      const expected = seen(flood.count, flood.size)
      const sides = [rawSide, ...pluginSides(module, extism)]
      return openClients(sides, floodUrl(origin, flood), async (client) => {
        const { result, milliseconds, cpuMicroseconds } = await costOf(() =>
          client.flood(flood.count),
        )
        if (result !== expected) throw new Error(`${name}: read ${result}, not ${expected}`)
        return [flood.count / (milliseconds / 1000), cpuMicroseconds / flood.count]
      })
    },
  }
}
