import { WebSocketServer } from 'ws'

import { listening, type TestServer } from './server.js'

/** Rooms as PartyKit has them: the path is the room's. */
export async function startPartyServer(): Promise<TestServer> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  server.on('connection', (socket, request) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'ws://127.0.0.1')
    socket.send(`${searchParams.get('name')} is in ${pathname}`)
    socket.on('message', (data, binary) => {
      if (String(data) === 'cut') socket.terminate()
      else if (binary) socket.send(data)
      else socket.send(`echo: ${String(data)}`)
    })
  })
  return listening(server)
}
