// Connections in every state, of several sessions; then all of it ends. Prints what is left as JSON. It must
// end by itself: whatever keeps it alive is a leak.
//
//   node connections.js <url of an echo server> <url of a server that does not answer handshakes>

import { SocketHub } from '../../dist/index.js'
import { sessionParts } from '../../dist/session-parts.js'
import { left } from './left.js'

const [, , url, silent] = process.argv
const encoder = new TextEncoder()
const hub = new SocketHub()
const sockets = {
  allow: ['ws://127.0.0.1:*'],
  warm: true,
  shared: true,
  reconnect: { firstDelayMs: 100_000, maxDelayMs: 100_000 },
  heartbeat: { intervalMs: 50, timeoutMs: 100_000 },
}
const sessions = []

function session(options = {}) {
  const parts = sessionParts(
    { sockets: { ...sockets, ...options }, hub, logLevel: 'silent' },
    'event',
    undefined,
  )
  sessions.push(parts.session)
  return (request) => parts.session.connect(encoder.encode(JSON.stringify(request)))
}

const connect = session()
const keepAlive = { request: '?', intervalMs: 1000 }
for (let i = 0; i < 10; i++) {
  connect({ url, keepAlive })
  connect({ url: silent })
  connect({ url, warm: true })
  connect({ url, shared: true })
  // Lost at once, then it waits to reconnect.
  connect({ url: new URL('/drop', url).href })
}
const asking = session({ authorize: () => new Promise(() => {}) })
for (const shared of [false, true]) asking({ url, shared })
await new Promise((resolve) => setTimeout(resolve, 300))
const late = session()
for (const request of [{ warm: true }, { shared: true }, {}]) late({ url, ...request })
const open = { sockets: hub.sockets, warm: hub.warm.size, shared: hub.shared.size }
await Promise.all(sessions.map((each) => each.dispose()))
await hub.close()
const after = { sockets: hub.sockets, warm: hub.warm.size, shared: hub.shared.size }
// Those that were never told of are cut in the next turn.
console.log(JSON.stringify({ open, after, left: await left() }))
