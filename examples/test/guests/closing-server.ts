import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'

/** A server on a free port of 127.0.0.1 that answers whatever it is told by closing the connection. */
export async function startClosingServer(): Promise<AsyncDisposable & { readonly url: string }> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  server.on('connection', (socket) => socket.on('message', () => socket.close(1000)))
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo // it listens on TCP, not on a pipe
  return {
    url: `ws://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of server.clients) socket.terminate()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
