import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { freePort, startProgram, temporaryFolder } from './program.js'
import type { TestServer } from './server.js'
import { together } from './together.js'

/** nats-server with JetStream, which keeps its streams in a temporary folder. */
export async function startNats(): Promise<TestServer> {
  return together(async (keep) => {
    const { path } = keep(await temporaryFolder())
    const port = await freePort()
    const file = join(path, 'nats.conf')
    const config = [
      `listen: "127.0.0.1:${await freePort()}"`,
      `websocket { listen: "127.0.0.1:${port}", no_tls: true }`,
      `jetstream { store_dir: "${path}" }`,
    ]
    await writeFile(file, config.join('\n'))
    keep(await startProgram('nats-server', ['-c', file], { ready: port }))
    return { url: `ws://127.0.0.1:${port}` }
  })
}
