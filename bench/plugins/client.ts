import { connect, EwsError, WebSocket, type PluginCall, type Socket } from '@extism-ws/guest'

import { filling } from '../src/filling.js'
import { look } from '../src/look.js'
import { inTurn, mostBuffered } from '../src/sending.js'

// As in Node, of which these plugins have no types.
declare function setImmediate(run: () => void): unknown

// One connection per instance, opened once: a run measures messages, not handshakes. Each
// reader does what the raw side does: it looks at every byte of every message.

let webSocket: WebSocket
let socket: Socket

export function openWebSocket(call: PluginCall) {
  webSocket = new WebSocket(call.inputText())
  webSocket.binaryType = 'arraybuffer'
  return new Promise<void>((resolve, reject) => {
    webSocket.onopen = () => resolve()
    webSocket.onclose = ({ code, reason }) => reject(new Error(`closed: ${code} ${reason}`))
  })
}

export async function openSocket(call: PluginCall) {
  socket = await connect(call.inputText())
}

/** Reads as many messages as the input says; answers the sum of what was looked at. */
export function floodWebSocket(call: PluginCall) {
  let left = Number(call.inputText())
  let sum = 0
  return new Promise<number>((resolve, reject) => {
    webSocket.onclose = ({ code, reason }) => reject(new Error(`closed: ${code} ${reason}`))
    webSocket.onmessage = ({ data }) => {
      if (typeof data === 'string') sum += look(data)
      else if (data instanceof ArrayBuffer) sum += look(new Uint8Array(data))
      if (--left === 0) resolve(sum)
    }
    webSocket.send('go')
  })
}

export async function floodSocket(call: PluginCall) {
  let left = Number(call.inputText())
  let sum = 0
  socket.send('go')
  for await (const message of socket) {
    sum += look(message)
    if (--left === 0) break
  }
  return sum
}

export function floodCallback(call: PluginCall) {
  let left = Number(call.inputText())
  let sum = 0
  return new Promise<number>((resolve, reject) => {
    rejectAtTheEnd(reject)
    socket.onMessage = (message) => {
      sum += look(message)
      if (--left === 0) resolve(sum)
    }
    socket.send('go')
  })
}

export async function floodBatch(call: PluginCall) {
  let left = Number(call.inputText())
  let sum = 0
  socket.send('go')
  for await (const messages of socket.batches()) {
    for (const message of messages) sum += look(message)
    left -= messages.length
    if (left === 0) break
  }
  return sum
}

/** Sends every binary message back; answers the text by which the server ends the run. */
export function echoWebSocket() {
  return new Promise<string>((resolve, reject) => {
    webSocket.onclose = ({ code, reason }) => reject(new Error(`closed: ${code} ${reason}`))
    webSocket.onmessage = ({ data }) => {
      if (typeof data === 'string') resolve(data)
      else webSocket.send(data)
    }
    webSocket.send('go')
  })
}

export async function echoSocket() {
  socket.send('go')
  for await (const message of socket) {
    if (typeof message === 'string') return message
    socket.send(message)
  }
  throw new Error('the server ended the connection')
}

export function echoCallback() {
  return new Promise<string>((resolve, reject) => {
    rejectAtTheEnd(reject)
    socket.onMessage = (message) => {
      if (typeof message === 'string') resolve(message)
      else socket.send(message)
    }
    socket.send('go')
  })
}

export async function echoBatch() {
  socket.send('go')
  for await (const messages of socket.batches()) {
    for (const message of messages) {
      if (typeof message === 'string') return message
      socket.send(message)
    }
  }
  throw new Error('the server ended the connection')
}

function rejectAtTheEnd(reject: (error: Error) => void): void {
  void socket.closed.then(({ code, reason }) => reject(new Error(`closed: ${code} ${reason}`)))
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** What the input asks to send. */
function outgoing(call: PluginCall) {
  const [count, size, kind] = call.inputText().split(' ')
  const text = filling.repeat(Number(size))
  return {
    count: Number(count),
    message: kind === 'text' ? text : new TextEncoder().encode(text),
    batch: inTurn(Number(size)),
  }
}

/** Sends messages as fast as they are taken; answers what the server says in the end. */
export async function sendWebSocket(call: PluginCall) {
  const { count, message, batch } = outgoing(call)
  const answer = new Promise<string>((resolve) => {
    webSocket.onmessage = ({ data }) => resolve(String(data))
  })
  for (let left = count; left > 0; left -= batch) {
    for (let i = Math.min(left, batch); i > 0; i--) webSocket.send(message)
    do await turn()
    while (webSocket.bufferedAmount > mostBuffered)
  }
  return answer
}

export async function sendSocket(call: PluginCall) {
  const { count, message, batch } = outgoing(call)
  for (let left = count; left > 0; left -= batch) {
    for (let i = Math.min(left, batch); i > 0; i--) {
      try {
        socket.send(message)
      } catch (error) {
        if (!(error instanceof EwsError && error.code === 'EWS_LIMIT')) throw error
        await socket.drained()
        socket.send(message)
      }
    }
    await turn()
  }
  return String(await socket.receive())
}
