import { WebSocketServer, type WebSocket } from 'ws'

import { listening, type TestServer } from './server.js'

/** A message of Phoenix's protocol, version 2: `[join_ref, ref, topic, event, payload]`. */
type Message = [
  joinRef: string | null,
  ref: string | null,
  topic: string,
  event: string,
  payload: unknown,
]

/** What a Phoenix application with one room would do. */
export async function startPhoenixServer(): Promise<TestServer> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, path: '/socket/websocket' })
  server.on('connection', (socket, request) => {
    const { searchParams } = new URL(request.url ?? '/', 'ws://127.0.0.1')
    serve(socket, searchParams.get('token') ?? 'somebody')
  })
  return listening(server)
}

function serve(socket: WebSocket, user: string): void {
  let heartbeats = 0
  let joins = 0
  const send = (...message: Message): void => socket.send(JSON.stringify(message))

  socket.on('message', (data: Buffer, binary) => {
    if (binary) {
      socket.send(replyTo(data))
      return
    }
    const [joinRef, ref, topic, event, payload] = JSON.parse(String(data)) as Message
    const reply = (status: string, response: unknown): void =>
      send(joinRef, ref, topic, 'phx_reply', { status, response })
    switch (event) {
      case 'heartbeat':
        heartbeats++
        return reply('ok', {})
      case 'phx_join':
        if (topic === 'room:secret') return reply('error', { reason: 'members only' })
        reply('ok', { joins: ++joins, payload })
        if (joins > 1) send(joinRef, null, topic, 'welcome', {})
        send(joinRef, null, topic, 'presence_state', { [user]: { metas: [{ phx_ref: 'a' }] } })
        return send(joinRef, null, topic, 'presence_diff', {
          joins: { Bob: { metas: [{ phx_ref: 'b' }] } },
          leaves: {},
        })
      case 'phx_leave':
        return reply('ok', {})
      case 'echo':
        return reply('ok', payload)
      case 'say':
        reply('ok', {})
        return send(null, null, topic, 'said', { user, ...(payload as object) })
      case 'crash':
        return send(joinRef, joinRef, topic, 'phx_error', {})
      case 'heartbeats':
        return reply('ok', heartbeats)
      case 'never':
        return undefined
      default:
        return reply('error', { reason: `unknown event ${event}` })
    }
  })
}

/** Answers a binary push with its own payload, backwards. */
function replyTo(push: Buffer): Buffer {
  const [, joinRef = 0, ref = 0, topic = 0, event = 0] = push
  const names = 5 + joinRef + ref + topic
  const status = Buffer.from('ok')
  return Buffer.concat([
    Buffer.from([1, joinRef, ref, topic, status.length]),
    push.subarray(5, names),
    status,
    push.subarray(names + event).toReversed(),
  ])
}
