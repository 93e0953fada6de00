import type { AddressInfo } from 'node:net'
import type { WebSocketServer } from 'ws'

/** A server that runs for one test, on a port of 127.0.0.1. */
export interface TestServer extends AsyncDisposable {
  /** `ws:`, without a path. */
  readonly url: string
}

/**
 * @param server not yet listening, or just begun to.
 * @param stop what has to end before the server's connections are cut.
 */
export async function listening(
  server: WebSocketServer,
  stop: () => Promise<void> | void = () => {},
): Promise<TestServer> {
  await new Promise<void>((resolve, reject) => {
    server.once('listening', resolve).once('error', reject)
  })
  let stopping: Promise<void> | undefined
  const { port } = server.address() as AddressInfo // it listens on TCP, not on a pipe
  const end = async (): Promise<void> => {
    await stop()
    for (const socket of server.clients) socket.terminate()
    await new Promise((resolve) => server.close(resolve))
  }
  return {
    url: `ws://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      stopping ??= end()
      await stopping
    },
  }
}
