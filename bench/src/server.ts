// The server, a program of its own: the client's process does nothing but what is measured.

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type WebSocket } from 'ws'

import { echoFrom, measureEcho } from './echo.js'
import { floodFrom, isCompressed, sendFlood } from './flood.js'
import { recordsFrom, sendRecords } from './record-flood.js'

const http = createServer((_request, response) => response.writeHead(404).end())
const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false })
const compressing = new WebSocketServer({ noServer: true, perMessageDeflate: true })

http.on('upgrade', (request, tcp, head) => {
  const url = new URL(request.url ?? '/', 'http://server')
  const server = isCompressed(url.href) ? compressing : sockets
  server.handleUpgrade(request, tcp, head, (socket) => {
    socket.on('error', () => {})
    serve(socket, tcp, url)
  })
})
// A thousand clients may come at once.
const listening = { port: 0, host: '127.0.0.1', backlog: 2048 }
http.listen(listening, () => process.send?.((http.address() as AddressInfo).port))
// The parent is gone, however it ended.
process.on('disconnect', () => process.exit())

/** Reads, and says after every so many messages how many bytes they had. */
function sink(socket: WebSocket, count: number): void {
  let messages = 0
  let bytes = 0
  socket.on('message', (data: Buffer) => {
    bytes += data.length
    if (++messages < count) return
    socket.send(String(bytes))
    messages = 0
    bytes = 0
  })
}

/** The path says what each "go" starts; it is text, unless a socket can send nothing but its values. */
function serve(socket: WebSocket, tcp: Duplex, url: URL): void {
  const onGo = (start: () => void): void => {
    socket.on('message', (_data, isBinary) => {
      if (!isBinary) start()
    })
  }
  if (url.pathname === '/flood') onGo(() => void sendFlood(socket, tcp, floodFrom(url)))
  else if (url.pathname === '/echo') onGo(() => measureEcho(socket, tcp, echoFrom(url)))
  else if (url.pathname === '/records') {
    socket.on('message', () => void sendRecords(tcp, recordsFrom(url)))
  } else if (url.pathname === '/sink') sink(socket, Number(url.searchParams.get('count')))
  else if (url.pathname === '/mirror') {
    socket.on('message', (data, binary) => socket.send(data, { binary }))
  } else socket.close(1008, `unknown path ${url.pathname}`)
}
