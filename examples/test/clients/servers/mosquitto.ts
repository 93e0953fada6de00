import { writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'

import { freePort, startProgram, temporaryFolder } from './program.js'
import type { TestServer } from './server.js'
import { together } from './together.js'

/** Mosquitto, which can be stopped and started again on the same port and with the same data. */
export interface Mosquitto extends TestServer {
  restart(): Promise<void>
}

export async function startMosquitto(): Promise<Mosquitto> {
  return together(async (keep) => {
    const { path } = keep(await temporaryFolder())
    const port = await freePort()
    const file = join(path, 'mosquitto.conf')
    const config = [
      // Mosquitto 2.0.11 does not start with nothing but a listener for WebSockets.
      `listener 0 ${path}/socket`,
      `listener ${port} 127.0.0.1`,
      'protocol websockets',
      'allow_anonymous true',
      'persistence true',
      `persistence_location ${path}/`,
      // Otherwise root's becomes another user, who may not write there.
      `user ${userInfo().username}`,
    ]
    await writeFile(file, config.join('\n'))
    const start = async () => startProgram('mosquitto', ['-c', file], { ready: ' running' })
    let running = await start()
    keep({ [Symbol.asyncDispose]: async () => running[Symbol.asyncDispose]() })
    return {
      url: `ws://127.0.0.1:${port}`,
      async restart() {
        await running[Symbol.asyncDispose]()
        running = await start()
      },
    }
  })
}
