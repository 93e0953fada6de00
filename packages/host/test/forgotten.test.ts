import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'

import { createPlugin, SocketHub, type Mode } from '../src/index.js'
import { buildFile } from './build.js'
import { TestServer } from './server.js'
import { eventually } from './eventually.js'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

it.each<Mode>(['event', 'worker'])(
  'a plugin that is forgotten without close() is closed, and a warning says so: %s mode',
  async (mode) => {
    await using server = await TestServer.start()
    const hub = new SocketHub()
    const lines: string[] = []
    const log = (line: string): void => void lines.push(line)
    const file = await buildFile('contract')
    const forget = async (): Promise<void> => {
      const logger = { debug: log, info: log, warn: log, error: log }
      const sockets = { allow: ['ws://127.0.0.1:*'] }
      const plugin = await createPlugin(file, { mode, hub, sockets, logger })
      await plugin.call('keep', JSON.stringify({ url: `${server.origin}/sink` }))
      expect(hub.sockets).toBe(1)
    }
    await forget()
    await eventually(() => {
      collect()
      expect(lines.join()).toMatch(/forgotten without close\(\) and is closed now, with 1 sockets/)
      expect(hub.sockets).toBe(0)
    })
    await server.idle()
  },
)
