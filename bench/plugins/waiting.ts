import { sync, type PluginCall, type Restart } from '@extism-ws/guest'

type Socket = ReturnType<typeof sync.connect>

let socket: Socket

/** The synchronous counterpart of client.ts. */
export function openSync(call: PluginCall) {
  socket = sync.connect(call.inputText())
}

/** Sends every binary message back, in one call; answers the text by which the server ends the run. */
export function echoSync() {
  socket.send('go')
  for (const message of socket) {
    if (typeof message === 'string') return message
    socket.send(message)
  }
  throw new Error('the server ended the connection')
}

/** Does nothing, and settles at once. */
export function nothing() {}

/** Opens as many sockets as the input says, and leaves them to the next instance. */
export async function openMany(call: PluginCall) {
  const [url = '', count] = call.inputText().split(' ')
  const opened = Array.from({ length: Number(count) }, () => {
    const each = new WebSocket(url)
    return new Promise((resolve, reject) => {
      each.onopen = resolve
      each.onclose = reject
    })
  })
  await Promise.all(opened)
}

let sockets = 0

export function onRestart(restart: Restart) {
  sockets = restart.sockets.length
}

/** How many sockets the instance before this one left. */
export function inherited() {
  return sockets
}
