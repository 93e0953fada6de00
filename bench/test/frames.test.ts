import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'

import { frame, writeFrames, type Kind } from '../src/frames.js'

let server: WebSocketServer

beforeAll(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await once(server, 'listening')
})

afterAll(() => new Promise((resolve) => server.close(resolve)))

/** The messages that a client of `ws` makes of what is written. */
async function received(frames: readonly Buffer[], count: number): Promise<string[]> {
  server.once('connection', (_socket, { socket: tcp }) => void writeFrames(tcp, frames, count))
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const messages: string[] = []
  await new Promise<void>((resolve, reject) => {
    client.on('error', reject)
    client.on('message', (data: Buffer, isBinary) => {
      messages.push(`${isBinary ? 'binary' : 'text'} ${data.length} ${String(data.subarray(0, 1))}`)
      if (messages.length === count) resolve()
    })
  })
  client.terminate()
  return messages
}

describe('frame', () => {
  const sizes = [1, 125, 126, 65_535, 65_536, 300_000]
  it.each<Kind>(['text', 'binary'])('is one %s message, whatever its length', async (kind) => {
    const frames = sizes.map((size) => frame(Buffer.alloc(size, 'x'), kind))
    const expected = sizes.map((size) => `${kind} ${size} x`)
    expect(await received(frames, frames.length)).toEqual(expected)
  })
})

describe('writeFrames', () => {
  it('writes the frames in turn, as many as it is told to', async () => {
    const frames = ['a', 'bb', 'ccc'].map((text) => frame(Buffer.from(text), 'text'))
    const messages = await received(frames, 200_000)
    expect(messages.slice(0, 4)).toEqual(['text 1 a', 'text 2 b', 'text 3 c', 'text 1 a'])
    expect(messages.at(-1)).toBe('text 2 b')
  })
})
