import { moduleOf } from '../plugins.js'
import { scaled, type Metric, type Row } from '../row.js'
import { modes, pluginIn } from '../sides/modes.js'
import { median } from '../statistics.js'

const fullCount = 100_000
const metrics: readonly Metric[] = [
  { name: 'call', unit: 'µs', better: 'less' },
  { name: 'last tenth by first tenth', unit: '×', better: 'less' },
  { name: 'resident memory, grown', unit: 'KB', better: 'less', absolute: true },
]

/** Calls of an export that does nothing, one after the other. */
export const callRows: readonly Row[] = [
  {
    name: 'calls of an empty export',
    metrics,
    share: 0.2,
    warmUps: 1,
    open: async ({ effort }) => {
      const count = scaled(fullCount, effort)
      const module = await moduleOf('waiting')
      const plugins = await Promise.all(modes.map((mode) => pluginIn(mode, module)))
      return {
        sides: plugins.map((plugin) => ({
          name: plugin.mode,
          run: async () => {
            globalThis.gc?.()
            const residentBefore = process.memoryUsage.rss()
            const tenths: number[] = []
            for (let tenth = 0; tenth < 10; tenth++) {
              const started = performance.now()
              for (let i = 0; i < count / 10; i++) await plugin.call('nothing')
              tenths.push(((performance.now() - started) * 1000) / (count / 10))
            }
            globalThis.gc?.()
            const grown = process.memoryUsage.rss() - residentBefore
            const [first = 1] = tenths
            return [median(tenths), (tenths.at(-1) ?? first) / first, grown / 1000]
          },
        })),
        [Symbol.asyncDispose]: async () => {
          await Promise.all(plugins.map((plugin) => plugin.close()))
        },
      }
    },
  },
]
