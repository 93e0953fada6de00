// The guest of the obvious bridge: see src/sides/obvious.ts, and why neither is ever improved.

import type { PluginCall } from '@extism-ws/guest'

import { filling } from '../src/filling.js'
import { look } from '../src/look.js'

interface Functions {
  socket_connect(url: number): number
  socket_send(socket: number, isText: number, data: number): void
  /** The offset of the next message; 0 when there will be none. */
  socket_receive(socket: number): number
  socket_close(socket: number): void
}

let functions: Functions
let socket: number

function sendMessage(data: ArrayBuffer | string): void {
  const block = typeof data === 'string' ? Memory.fromString(data) : Memory.fromBuffer(data)
  functions.socket_send(socket, Number(typeof data === 'string'), block.offset)
  block.free()
}

/** Waits for the next message. */
function nextMessage(): ArrayBuffer {
  const offset = functions.socket_receive(socket)
  if (offset === 0) throw new Error('the connection has ended')
  const block = Memory.find(offset)
  const bytes = block.readBytes()
  block.free()
  return bytes
}

export function open(call: PluginCall) {
  const url = Memory.fromString(call.inputText())
  functions = Host.getFunctions() as unknown as Functions
  socket = functions.socket_connect(url.offset)
  url.free()
}

/** Reads as many messages as the input says; answers the sum of what was looked at. */
export function flood(call: PluginCall) {
  let sum = 0
  for (let left = Number(call.inputText()); left > 0; left--) {
    sum += look(new Uint8Array(nextMessage()))
  }
  // A number would be the export's own result, not its output.
  return String(sum)
}

/** Sends as many messages back as the input says. */
export function echo(call: PluginCall) {
  for (let left = Number(call.inputText()); left > 0; left--) sendMessage(nextMessage())
}

/** Sends as many messages of the size as the input says. */
export function send(call: PluginCall) {
  const [count = 0, size = 0, isText = 0] = call.inputText().split(' ').map(Number)
  const text = filling.repeat(size)
  const message = isText === 1 ? text : new TextEncoder().encode(text).buffer
  for (let left = count; left > 0; left--) sendMessage(message)
}

/** The next message, as text. */
export function receive() {
  return new TextDecoder().decode(nextMessage())
}

export function close() {
  functions.socket_close(socket)
}
