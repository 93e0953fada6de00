import { costOf } from '../cpu.js'
import { scaled, type Metric, type Row } from '../row.js'
import { pluginSides } from '../sides/plugin.js'
import { corkedSide, rawSide } from '../sides/raw.js'
import { sdk } from '../sides/sdk.js'
import { openClients } from './open-clients.js'

const metrics: readonly Metric[] = [
  { name: 'messages', unit: '1/s', better: 'more' },
  { name: 'client CPU', unit: 'µs/message', better: 'less' },
]

/** The client sends as fast as the server reads. */
export const sendRows: readonly Row[] = [
  row('send flood, 64 B binary', 40_000, 64),
  row('send flood, 1 KiB binary', 20_000, 1024),
]

function row(name: string, full: number, size: number): Row {
  return {
    name,
    metrics,
    warmUps: 2,
    open: ({ origin, effort, client: module }) => {
      const count = scaled(full, effort)
      const sides = [rawSide, corkedSide, ...pluginSides(module, sdk)]
      return openClients(sides, `${origin}/sink?count=${count}`, async (client) => {
        const { result, milliseconds, cpuMicroseconds } = await costOf(() =>
          client.send(count, size),
        )
        if (result !== count * size) throw new Error(`${name}: ${result} bytes arrived`)
        return [count / (milliseconds / 1000), cpuMicroseconds / count]
      })
    },
  }
}
