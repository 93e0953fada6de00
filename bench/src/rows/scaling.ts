import { costOf } from '../cpu.js'
import { floodUrl, type Flood } from '../flood.js'
import { seen } from '../look.js'
import { scaled, type Metric, type Row, type Side } from '../row.js'
import { pluginCrowd, rawCrowd, type Crowd } from '../sides/crowd.js'

const fullMessages = 40_000
const fullBytes = 40 * 2 ** 20
const kibibyte = 1024

/** What grows from column to column. */
interface Step {
  readonly name: string
  readonly sockets: number
  readonly plugins: number
  readonly size: number
}

const one: Step = { name: '', sockets: 1, plugins: 1, size: kibibyte }
const cpu: readonly Metric[] = [
  { name: 'raw ws, CPU', unit: 'µs/message', better: 'less' },
  { name: 'plugin, CPU', unit: 'µs/message', better: 'less' },
  { name: 'above raw ws, CPU', unit: 'µs/message', better: 'less' },
]

/**
 * What a message costs when there is ten times as much of something: each column by the first. The number of
 * messages stays the same, whatever they are spread over.
 */
export const scalingRows: readonly Row[] = [
  row(
    'scaling: sockets of one plugin, 1 KiB',
    [1, 10, 100, 1000].map((sockets) => ({ ...one, name: named(sockets), sockets })),
  ),
  row(
    'scaling: plugins with one socket each, 1 KiB',
    [1, 10, 100].map((plugins) => ({ ...one, name: named(plugins), plugins })),
  ),
  row(
    'scaling: message size',
    [64, 640, 6400, 64_000, 640_000].map((size) => ({ ...one, name: `${named(size)} B`, size })),
  ),
]

function row(name: string, steps: readonly Step[]): Row {
  return {
    name,
    metrics: cpu,
    warmUps: 1,
    share: 0.5,
    open: async (setting) => {
      const crowds: Crowd[] = []
      const sides: Side[] = []
      for (const step of steps) {
        const flood = floodOf(step, setting.effort)
        const url = floodUrl(setting.origin, flood)
        const raw = await rawCrowd(url, step.sockets * step.plugins)
        const plugin = await pluginCrowd(url, step.plugins, step.sockets)
        crowds.push(raw, plugin)
        const run = async () => {
          const [bare, own] = [await cpuOf(raw, step, flood), await cpuOf(plugin, step, flood)]
          return [bare, own, own - bare]
        }
        sides.push({ name: step.name, run })
      }
      return {
        sides,
        [Symbol.asyncDispose]: async () => {
          await Promise.all(crowds.map((crowd) => crowd[Symbol.asyncDispose]()))
        },
      }
    },
  }
}

function named(count: number): string {
  return count.toLocaleString('en')
}

/** What the server sends to one socket. */
function floodOf({ sockets, plugins, size }: Step, effort: number): Flood {
  const messages = scaled(Math.min(fullMessages, fullBytes / size), effort)
  const count = Math.max(1, Math.round(messages / (sockets * plugins)))
  return { count, size, kind: 'binary', sender: 'frames' }
}

/** Of one message, in microseconds. */
async function cpuOf(
  crowd: Crowd,
  { name, sockets, plugins }: Step,
  { count, size }: Flood,
): Promise<number> {
  const messages = count * sockets * plugins
  const { result, cpuMicroseconds } = await costOf(() => crowd.flood(count))
  const expected = seen(messages, size)
  if (result !== expected) throw new Error(`${name}: saw ${result}, not ${expected}`)
  return cpuMicroseconds / messages
}
