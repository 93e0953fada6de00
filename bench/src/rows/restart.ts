import { setTimeout as pause } from 'node:timers/promises'
import { moduleOf } from '../plugins.js'
import type { Metric, Row } from '../row.js'
import { modes, pluginIn } from '../sides/modes.js'

const sockets = 100
const settledMs = 500
const metrics: readonly Metric[] = [
  { name: 'until its onRestart is done', unit: 'ms', better: 'less' },
]

/** A plugin is built anew while its sockets stay open. */
export const restartRows: readonly Row[] = [
  {
    name: `restart with ${sockets} open sockets`,
    metrics,
    share: 0.6,
    warmUps: 1,
    open: async ({ origin }) => {
      const module = await moduleOf('waiting')
      const plugins = await Promise.all(
        modes.map(async (mode) => {
          const options = { sockets: { allow: [origin], sockets: 2 * sockets } }
          const plugin = await pluginIn(mode, module, options)
          await plugin.call('openMany', `${origin}/echo?count=1&size=64&batch=1 ${sockets}`)
          return plugin
        }),
      )
      return {
        sides: plugins.map((plugin) => ({
          name: plugin.mode,
          run: async () => {
            // Plugins crash now and then, not all the time: the spare thread of `worker` mode is there.
            await pause(settledMs)
            const started = performance.now()
            await plugin.reload()
            const took = performance.now() - started
            const inherited = Number((await plugin.call('inherited'))?.text())
            if (inherited !== sockets) throw new Error(`${inherited} sockets, not ${sockets}`)
            return [took]
          },
        })),
        [Symbol.asyncDispose]: async () => {
          await Promise.all(plugins.map((plugin) => plugin.close()))
        },
      }
    },
  },
]
