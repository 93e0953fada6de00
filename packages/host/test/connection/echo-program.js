// An echo server in a process of its own: prints its port.
import { WebSocketServer } from 'ws'

const server = new WebSocketServer({ port: 0, host: process.argv[2] })
server.on('connection', (socket) => {
  socket.on('error', () => {})
  socket.on('message', (data, binary) => socket.send(data, { binary }))
})
server.on('listening', () => console.log(server.address().port))
