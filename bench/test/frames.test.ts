import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { Receiver } from 'ws'

import { frame, writeFrames, type Kind } from '../src/frames.js'

/** The messages that a client of `ws` makes of what is written. */
async function received(frames: readonly Buffer[], count: number): Promise<string[]> {
  const tcp = new PassThrough()
  const receiver = new Receiver({ isServer: false })
  const messages: string[] = []
  receiver.on('message', (data: Buffer, isBinary: boolean) => {
    messages.push(`${isBinary ? 'binary' : 'text'} ${data.length} ${String(data.subarray(0, 1))}`)
  })
  tcp.pipe(receiver)
  await writeFrames(tcp, frames, count)
  tcp.end()
  await new Promise((resolve) => receiver.once('finish', resolve))
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
    expect(messages).toHaveLength(200_000)
    expect(messages.slice(0, 4)).toEqual(['text 1 a', 'text 2 b', 'text 3 c', 'text 1 a'])
    expect(messages.at(-1)).toBe('text 2 b')
  })
})
