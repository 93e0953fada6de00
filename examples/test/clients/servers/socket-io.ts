import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Server } from 'socket.io'

import type { TestServer } from './server.js'

type Answer = (value: unknown) => void

/** socket.io's own server. */
export async function startSocketIoServer(): Promise<TestServer> {
  const http = createServer()
  const io = new Server(http, { transports: ['websocket'] })
  io.on('connection', (socket) => {
    socket.emit('greeting', `Hello, ${String(socket.handshake.auth.user)}!`)
    socket.on('sum', (a: number, b: number, { three }: { three: number }, answer: Answer) =>
      answer(a + b + three),
    )
    socket.on('reverse', (bytes: Buffer, answer: Answer) => answer(Buffer.from(bytes.toReversed())))
    socket.on('tick', (count: number, answer: Answer) => {
      for (let tick = 1; tick <= count; tick++) socket.emit('tick', { tick })
      answer('done')
    })
    socket.on('cut', () => socket.conn.close())
  })
  io.of('/news').on('connection', (socket) => socket.emit('headline', 'Plugins have sockets'))
  io.of('/closed').use((_, next) => next(new Error('members only')))
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const { port } = http.address() as AddressInfo // it listens on TCP, not on a pipe
  return {
    url: `ws://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => io.close(),
  }
}
