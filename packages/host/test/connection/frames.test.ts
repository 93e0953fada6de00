import { once } from 'node:events'
import { createServer, connect, type AddressInfo, type Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { encodeRecords, Opcode, RecordType } from '@extism-ws/protocol'
import { afterEach, describe, expect, it } from 'vitest'

import { writeFrames } from '../../src/connection/frames.js'
import { takeRuns } from '../../src/message-run.js'

/** All messages of one run, which differ in every byte. */
function recordsOf(sizes: readonly number[]): Uint8Array {
  return encodeRecords(
    sizes.map((size, i) => ({
      type: RecordType.message,
      flags: 0,
      code: i % 2 === 0 ? Opcode.binary : Opcode.text,
      id: 1,
      payload: messageOf(size, i),
    })),
  )
}

function messageOf(size: number, i: number): Buffer {
  return Buffer.from(Uint8Array.from({ length: size }, (_, at) => (at * 7 + i) % 128))
}

/** Keeps what is written, as a stream that is no TCP connection may. */
class Kept extends Duplex {
  readonly chunks: Buffer[] = []

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.chunks.push(chunk)
    done()
  }

  override _read(): void {}
}

/** The messages of whole frames (RFC 6455 §5.2), each of which must be final, and masked or not. */
function received(frames: Buffer, masked: boolean): Buffer[] {
  const messages: Buffer[] = []
  for (let at = 0; at < frames.length;) {
    const opcode = messages.length % 2 === 0 ? Opcode.binary : Opcode.text
    expect(frames[at]).toBe(0x80 | opcode)
    expect(frames.readUInt8(at + 1) >= 0x80).toBe(masked)
    let length = frames.readUInt8(at + 1) & 0x7f
    at += 2
    if (length === 126) {
      length = frames.readUInt16BE(at)
      at += 2
    } else if (length === 127) {
      length = Number(frames.readBigUInt64BE(at))
      at += 8
    }
    const key = masked ? frames.subarray(at, (at += 4)) : Buffer.alloc(4)
    messages.push(
      frames.subarray(at, (at += length)).map((byte, i) => byte ^ (key[i % 4] ?? 0)) as Buffer,
    )
  }
  return messages
}

/** By length and content: `toEqual` looks at every byte of a Buffer by itself. */
function check(frames: Buffer, masked: boolean, sizes: readonly number[]): void {
  const messages = received(frames, masked)
  expect(messages.map(({ length }) => length)).toEqual(sizes)
  expect(messages.every((message, i) => messageOf(sizes[i] ?? 0, i).equals(message))).toBe(true)
}

// Around every length of a header, and of what is masked by bytes, by words, and by four of them.
const sizes = [
  ...Array.from({ length: 70 }, (_, i) => i),
  ...[124, 125, 126, 127, 128, 1000, 16_383, 65_534, 65_535, 65_536, 65_537],
]

describe('frames', () => {
  const open: { destroy(): void; close?(): void }[] = []
  afterEach(() => {
    for (const each of open.splice(0)) each.destroy()
  })

  it.each([true, false])('hold every message as it is, masked: %s', (masked) => {
    const stream = new Kept()
    takeRuns(recordsOf(sizes), (run) => writeFrames(stream, run, masked))
    check(Buffer.concat(stream.chunks), masked, sizes)
  })

  it('are those of a block that begins anywhere in memory', () => {
    for (let at = 0; at < 8; at++) {
      const records = recordsOf([3, 50, 64, 130])
      const memory = new Uint8Array(records.length + at)
      memory.set(records, at)
      const stream = new Kept()
      takeRuns(memory.subarray(at), (run) => writeFrames(stream, run, true))
      check(Buffer.concat(stream.chunks), true, [3, 50, 64, 130])
    }
  })

  it('leave the records as they were', () => {
    const records = recordsOf(sizes)
    const before = records.slice()
    takeRuns(records, (run) => writeFrames(new Kept(), run, true))
    expect(Buffer.compare(records, before)).toBe(0)
  })

  it('are masked by another key each, which is never zero', () => {
    const stream = new Kept()
    const count = 5000
    const records = recordsOf(Array.from({ length: count }, () => 0))
    takeRuns(records, (run) => writeFrames(stream, run, true))
    const bytes = Buffer.concat(stream.chunks)
    const keys = Array.from({ length: count }, (_, i) => bytes.readUInt32LE(i * 6 + 2))
    expect(keys).not.toContain(0)
    expect(new Set(keys).size).toBeGreaterThan(count - 5)
  })

  it.each(['a stream that keeps what is written', 'TCP that the peer does not read'] as const)(
    'are not written over in %s',
    async (kind) => {
      let stream: Kept | Socket = new Kept()
      let bytes = (): Buffer[] => (stream as Kept).chunks
      if (kind !== 'a stream that keeps what is written') {
        const read: Buffer[] = []
        const server = createServer((socket) => {
          open.push(socket)
          socket.pause().on('data', (chunk: Buffer) => read.push(chunk))
          setTimeout(() => socket.resume(), 200)
        }).listen(0, '127.0.0.1')
        await once(server, 'listening')
        stream = connect((server.address() as AddressInfo).port, '127.0.0.1')
        open.push(stream, { destroy: () => server.close() })
        await once(stream, 'connect')
        bytes = () => read
      }
      const some = [1000, 2000, 3000, 20_000, 10_000]
      // More than the system takes: some writes are over at once, others wait.
      const rounds = 300
      const records = recordsOf(some)
      const target = stream
      for (let i = 0; i < rounds; i++) takeRuns(records, (run) => writeFrames(target, run, true))
      if (target instanceof Kept) expect(target.chunks.length).toBe(rounds)
      else {
        target.end()
        const total = rounds * some.reduce((sum, size) => sum + size + 8, 0)
        while (bytes().reduce((sum, { length }) => sum + length, 0) < total) {
          await new Promise((resolve) => setTimeout(resolve, 5))
        }
      }
      const all = Buffer.concat(bytes())
      const bytesOfRound = all.length / rounds
      for (let i = 0; i < rounds; i++) {
        check(all.subarray(i * bytesOfRound, (i + 1) * bytesOfRound), true, some)
      }
    },
  )
})
