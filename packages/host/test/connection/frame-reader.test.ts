import { createHash } from 'node:crypto'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import WebSocket from 'ws'

import { readFrames } from '../../src/connection/frame-reader.js'

const messageBytes = 70_000

/** The TCP connection of a client whose server says what is put in here, in the pieces it is put in. */
class Wire extends Duplex {
  override _write(request: Buffer, _encoding: string, done: () => void): void {
    const key = /^sec-websocket-key: (.*)\r$/im.exec(request.toString())?.[1]
    if (key !== undefined) {
      const id = `${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`
      const accept = createHash('sha1').update(id).digest('base64')
      this.push(
        'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
          `Sec-WebSocket-Accept: ${accept}\r\n\r\n`,
      )
    }
    done()
  }

  override _read(): void {}
}

interface Client {
  readonly wire: Wire
  readonly ws: WebSocket
  /** What it was told of, in order. */
  readonly events: unknown[]
  readonly ended: Promise<unknown>
}

/** @param reads whether our reader is in front of the receiver of `ws`. */
async function open(reads: boolean, most = messageBytes): Promise<Client> {
  const wire = new Wire()
  const options = {
    // Node takes any Duplex.
    createConnection: () => wire as unknown as Socket,
    maxPayload: most,
    maxFragments: 4,
    autoPong: false,
    perMessageDeflate: false,
  }
  const ws = new WebSocket('ws://wire', options)
  const events: unknown[] = []
  const tell = (...event: unknown[]): void => void events.push(event)
  const hex = (data: unknown): string => (data as Buffer).toString('hex')
  ws.on('message', (data, isBinary) => {
    tell('message', isBinary, hex(Array.isArray(data) ? Buffer.concat(data) : data))
  })
  ws.on('ping', (data) => tell('ping', hex(data)))
  ws.on('pong', (data) => tell('pong', hex(data)))
  ws.on('error', (error: Error & { code?: string }) => tell('error', error.code))
  ws.on('close', (code, reason) => tell('close', code, hex(reason)))
  if (reads) ws.prependOnceListener('open', () => readFrames(ws, wire, most))
  const ended = new Promise((resolve) => ws.once('close', resolve))
  await once(ws, 'open')
  return { wire, ws, events, ended }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

interface Piece {
  readonly bytes: Buffer
  /** How many of the next pieces come in the same turn. */
  readonly together: boolean
}

/** What a client is told of that reads these, up to the end of the connection. */
async function told(reads: boolean, pieces: readonly Piece[], cut: boolean): Promise<unknown[]> {
  const client = await open(reads)
  for (const { bytes, together } of pieces) {
    if (client.wire.destroyed) break
    client.wire.push(bytes)
    if (!together) await turn()
  }
  if (cut) client.wire.destroy()
  else if (!client.wire.destroyed) client.wire.push(null)
  await client.ended
  return client.events
}

/** @param second what the second byte has, for one that is not what the length says. */
function frame(first: number, payload: Buffer, second?: number): Buffer {
  const { length } = payload
  if (length < 126) return Buffer.from([first, second ?? length, ...payload])
  const header = Buffer.alloc(length < 65_536 ? 4 : 10)
  header.writeUInt16BE((first << 8) | (length < 65_536 ? 126 : 127))
  if (length < 65_536) header.writeUInt16BE(length, 2)
  else header.writeBigUInt64BE(BigInt(length), 2)
  return Buffer.concat([header, payload])
}

const payloads = fc.oneof(
  fc.uint8Array({ maxLength: 30 }),
  fc.nat({ max: 300 }).map((length) => new Uint8Array(length).fill(0x61)),
  fc.constantFrom(125, 126, 127, 65_535, 65_536, 70_000, 70_001).map((n) => new Uint8Array(n)),
)
const payload = payloads.map((one) => Buffer.from(one))
const text = fc.string({ unit: 'binary', maxLength: 40 }).map((one) => Buffer.from(one))
const longText = fc
  .tuple(fc.constantFrom(16_383, 16_384, 30_000), text, fc.boolean())
  .map(([length, part, valid]) => {
    const parts = Buffer.alloc(length, part.length > 0 ? part : 'ß')
    return Buffer.concat([parts, valid ? Buffer.from('x') : Buffer.from([0xe2, 0x82])])
  })
const short = fc.uint8Array({ maxLength: 125 }).map((one) => Buffer.from(one))

const anyMessage = fc.oneof(
  payload.map((data) => frame(0x82, data)),
  text.map((data) => frame(0x81, data)),
  longText.map((data) => frame(0x81, data)),
)
const control = fc
  .tuple(fc.constantFrom(0x89, 0x8a), short)
  .map(([first, data]) => frame(first, data))
const fragments = fc
  .tuple(fc.constantFrom(1, 2), fc.array(text, { maxLength: 5 }), payload)
  .map(([first, parts, last]) => {
    const all = parts.map((data, i) => frame(i === 0 ? first : 0, data))
    return Buffer.concat([...all, frame(parts.length === 0 ? 0x80 | first : 0x80, last)])
  })
const faulty = fc.oneof(
  fc.tuple(fc.nat({ max: 255 }), payload).map(([first, data]) => frame(first, data)),
  payload.map((data) => frame(0x81, data)),
  short.map((data) => frame(0x82, data, 0x80 | data.length)),
  fc.constantFrom(126, 127).map((length) => Buffer.from([0x89, length, 0, 1, 0x61, 0, 0, 0, 0, 0])),
  fc.uint8Array({ maxLength: 20 }).map((one) => Buffer.from(one)),
)
const close = fc
  .tuple(fc.constantFrom(1000, 1001, 1005, 4999), text)
  .map(([code, reason]) => frame(0x88, Buffer.from([code >> 8, code & 255, ...reason])))

const stream = fc.array(
  fc.oneof(
    { weight: 12, arbitrary: anyMessage },
    { weight: 3, arbitrary: control },
    { weight: 1, arbitrary: fragments },
    { weight: 2, arbitrary: faulty },
    { weight: 1, arbitrary: close },
  ),
  { maxLength: 20 },
)

/** The bytes, cut where it pleases. */
const pieces = fc
  .tuple(
    stream,
    fc.array(fc.tuple(fc.integer({ min: 1, max: 400 }), fc.boolean()), { minLength: 1 }),
  )
  .map(([frames, cuts]) => {
    const all = Buffer.concat(frames)
    const found: Piece[] = []
    for (let at = 0, i = 0; at < all.length; i++) {
      const [size = 1, together = false] = cuts[i % cuts.length] ?? []
      // Large ones in few pieces, or it takes long.
      const length = all.length > 20_000 ? size * 64 : size
      found.push({ bytes: all.subarray(at, at + length), together })
      at += length
    }
    return found
  })

describe('readFrames', () => {
  it('is told of what ws reads by itself, whatever comes in whatever pieces', async () => {
    await fc.assert(
      fc.asyncProperty(pieces, fc.boolean(), async (sent, cut) => {
        expect(await told(true, sent, cut)).toEqual(await told(false, sent, cut))
      }),
      { numRuns: 1500 },
    )
  })

  it('reads what comes byte by byte', async () => {
    const sent = [frame(0x81, Buffer.from('é'.repeat(70))), frame(0x82, Buffer.alloc(1000, 7))]
    const single = [...Buffer.concat(sent)].map((byte) => Buffer.from([byte]))
    const events = await told(
      true,
      single.map((bytes, i) => ({ bytes, together: i % 7 > 0 })),
      false,
    )
    expect(events).toEqual([
      ['message', false, Buffer.from('é'.repeat(70)).toString('hex')],
      ['message', true, '07'.repeat(1000)],
      ['close', 1006, ''],
    ])
  })

  it.each([5, 300])('has a message that came by %i bytes in a few hundred pieces', async (size) => {
    const { wire, ws, ended } = await open(true, 1_000_000)
    const sent = Buffer.from(Array.from({ length: 500_000 }, (_, at) => (at >> 4) & 255))
    const received = once(ws, 'message') as Promise<[Buffer[], boolean]>
    const all = frame(0x82, sent)
    // Each is a small object, and the rest of the block that it came in stays in memory with it.
    for (let at = 0; at < all.length; at += size) wire.push(all.subarray(at, at + size))
    const [parts] = await received
    expect(parts.length).toBeLessThanOrEqual(256 + sent.length / 65_536)
    expect(Buffer.concat(parts).equals(sent)).toBe(true)
    wire.destroy()
    await ended
  })

  it('takes what is in a ping for nothing else, wherever it is cut', async () => {
    const message = frame(0x82, Buffer.from('inside'))
    const all = Buffer.concat([frame(0x89, Buffer.concat([message, message])), message])
    for (let cut = 1; cut < all.length; cut++) {
      const sent = [all.subarray(0, cut), all.subarray(cut)]
      const both = sent.map((bytes) => ({ bytes, together: false }))
      expect(await told(true, both, false)).toEqual([
        ['ping', Buffer.concat([message, message]).toString('hex')],
        ['message', true, Buffer.from('inside').toString('hex')],
        ['close', 1006, ''],
      ])
    }
  })

  const message = frame(0x82, Buffer.from('message'))
  const fragmented = (byte: number): Buffer =>
    Buffer.concat([frame(0x01, Buffer.from([byte])), frame(0x80, Buffer.from([byte]))])
  it.each([
    [
      'a ping that is too long',
      Buffer.from([0x89, 126, ...Buffer.alloc(126)]),
      'CONTROL_PAYLOAD_LENGTH',
    ],
    ['a ping in fragments', Buffer.from([0x09, 0]), 'EXPECTED_FIN'],
    ['an opcode that there is not', Buffer.from([0x83, 0]), 'OPCODE'],
    ['a reserved bit', Buffer.from([0xc2, 0]), 'UNEXPECTED_RSV_1'],
    ['a mask', Buffer.from([0x82, 0x80, 1, 2, 3, 4]), 'UNEXPECTED_MASK'],
    ['the end of nothing', frame(0x80, Buffer.from('x')), 'OPCODE'],
    ['a text that is none', frame(0x81, Buffer.from([0xff])), 'INVALID_UTF8'],
    ['a longer text that is none', frame(0x81, Buffer.alloc(200, 0xff)), 'INVALID_UTF8'],
    ['a message that is too large', frame(0x82, Buffer.alloc(messageBytes + 1)), 'MESSAGE_LENGTH'],
    ['fragments of a text that is none', fragmented(0xff), 'INVALID_UTF8'],
  ])('hears of nothing behind %s', async (_, fault, code) => {
    const bytes = Buffer.concat([message, fault, message])
    expect(await told(true, [{ bytes, together: false }], false)).toEqual([
      ['message', true, Buffer.from('message').toString('hex')],
      ['error', expect.stringContaining(code)],
      ['close', 1006, ''],
    ])
  })

  it('goes on where it was paused in the middle of a frame', async () => {
    const { wire, ws, events, ended } = await open(true)
    const all = frame(0x82, Buffer.alloc(300, 1))
    wire.push(all.subarray(0, 2))
    await turn()
    ws.pause()
    wire.push(all.subarray(2, 100))
    wire.push(Buffer.concat([all.subarray(100), frame(0x81, Buffer.from('behind'))]))
    await turn()
    expect(events).toEqual([])
    ws.resume()
    wire.push(null)
    await ended
    expect(events.map((event) => (event as string[])[2]?.length)).toEqual([600, 12, 0])
  })

  it('loses nothing that was waiting when the connection is cut in the middle of a frame', async () => {
    for (const reads of [false, true]) {
      const { wire, ws, events, ended } = await open(reads)
      const all = frame(0x82, Buffer.alloc(300, 1))
      wire.push(all.subarray(0, 3))
      await turn()
      ws.pause()
      wire.push(all.subarray(3))
      await turn()
      wire.destroy()
      await ended
      expect(events).toEqual([
        ['message', true, '01'.repeat(300)],
        ['close', 1006, ''],
      ])
    }
  })

  it('leaves a connection alone where something else reads, too, or what comes may be compressed', () => {
    const wire = new Wire()
    const listeners = [(): void => {}, (): void => {}] as const
    readFrames({ extensions: '' } as WebSocket, wire, 1)
    expect(wire.listeners('data')).toEqual([])
    wire.on('data', listeners[0])
    readFrames({ extensions: 'permessage-deflate' } as WebSocket, wire, 1)
    expect(wire.listeners('data')).toEqual([listeners[0]])
    wire.on('data', listeners[1])
    readFrames({ extensions: '' } as WebSocket, wire, 1)
    expect(wire.listeners('data')).toEqual(listeners)
  })
})
