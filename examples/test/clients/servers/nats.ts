import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { freePort, startProgram, temporaryFolder } from './program.js'
import type { TestServer } from './server.js'

/** nats-server with JetStream, which keeps its streams in a temporary folder. */
export async function startNats(): Promise<TestServer> {
  const folder = await temporaryFolder()
  const port = await freePort()
  const file = join(folder.path, 'nats.conf')
  await writeFile(
    file,
    [
      `listen: "127.0.0.1:${await freePort()}"`,
      `websocket { listen: "127.0.0.1:${port}", no_tls: true }`,
      `jetstream { store_dir: "${folder.path}" }`,
    ].join('\n'),
  )
  const running = await startProgram('nats-server', ['-c', file], { port })
  return {
    url: `ws://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      await running[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}
