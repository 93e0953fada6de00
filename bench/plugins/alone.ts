import { connect, WebSocket, type Socket } from '@extism-ws/guest'

import { look } from '../src/look.js'

// What rows/alone.ts runs in an engine without a host: no server is behind these sockets.

let sum = 0
let socket: Socket
let webSocket: WebSocket

const url = 'ws://localhost:1/'
const size = (message: string | Uint8Array): number => message.length
const bytesOf = (data: unknown): Uint8Array => new Uint8Array(data as ArrayBuffer)

export async function openSocket() {
  socket = await connect(url)
}

export function openWebSocket() {
  webSocket = new WebSocket(url)
  webSocket.binaryType = 'arraybuffer'
}

export function callback() {
  socket.onMessage = (message) => {
    sum += size(message)
  }
}

export function callbackReads() {
  socket.onMessage = (message) => {
    sum += look(message)
  }
}

export function webSocketTakes() {
  webSocket.onmessage = ({ data }) => {
    sum += (data as ArrayBuffer).byteLength
  }
}

export function webSocketReads() {
  webSocket.onmessage = ({ data }) => {
    sum += look(bytesOf(data))
  }
}

export async function forAwait() {
  for await (const message of socket) sum += size(message)
}

export async function forAwaitReads() {
  for await (const message of socket) sum += look(message)
}

export async function batches() {
  for await (const messages of socket.batches()) {
    for (const message of messages) sum += size(message)
  }
}

export async function batchesRead() {
  for await (const messages of socket.batches()) {
    for (const message of messages) sum += look(message)
  }
}

export function callbackEchoes() {
  socket.onMessage = (message) => socket.send(message)
}

export function webSocketEchoes() {
  webSocket.onmessage = ({ data }) => webSocket.send(data)
}

const rounds = 1000
const bytes = new Uint8Array(64).fill(120)
const text = 'x'.repeat(64)

export function sendBySocket() {
  for (let i = 0; i < rounds; i++) socket.send(bytes)
}

export function sendByWebSocket() {
  for (let i = 0; i < rounds; i++) webSocket.send(bytes)
}

export function sendText() {
  for (let i = 0; i < rounds; i++) webSocket.send(text)
}

// What the interpreter itself takes.

export function loop() {
  for (let i = 0; i < rounds; i++) sum += i
}

export function calls() {
  for (let i = 0; i < rounds; i++) sum += size(bytes)
}

export function views() {
  for (let i = 0; i < rounds; i++) sum += new Uint8Array(64).length
}

/** An iterator that does nothing but what it must. */
const nothing: AsyncIterable<Uint8Array> = {
  [Symbol.asyncIterator]: () => ({
    next: () => Promise.resolve({ value: bytes, done: false }),
  }),
}

export async function forAwaitNothing() {
  let left = rounds
  for await (const message of nothing) {
    sum += size(message)
    if (--left === 0) return
  }
}
