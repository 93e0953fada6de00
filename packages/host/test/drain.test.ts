import { RecordType, readRecords } from '@extism-ws/protocol'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { defaultLimits } from '../src/limits.js'
import { Session } from '../src/session/session.js'
import { TestServer } from './server.js'
import { sessionSettings } from './session-settings.js'

const mebibyte = 2 ** 20

describe('a server that reads slowly', () => {
  let server: TestServer
  let session: Session

  beforeEach(async () => {
    server = await TestServer.start()
    const limits = { ...defaultLimits, sendBufferBytes: mebibyte }
    session = new Session(sessionSettings(['ws://127.0.0.1:*'], limits))
  })
  afterEach(async () => {
    await session.dispose()
    await server[Symbol.asyncDispose]()
  })

  async function next(type: number): Promise<void> {
    const block = new Uint8Array(mebibyte)
    for (;;) {
      const written = Number(session.poll(0, () => block))
      for (const record of readRecords(block.subarray(0, written))) {
        if (record?.type === type) return
      }
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
  }

  it.each([6 * mebibyte, 9 * mebibyte])(
    'is protected from more than the limit, and drain follows every refusal (%s bytes)',
    async (size) => {
      const socket = Number(session.connect(new TextEncoder().encode(`${server.origin}/sink`)))
      await next(RecordType.open)
      for (let round = 0; round < 3; round++) {
        expect(session.send(socket, 2, new Uint8Array(size))).toBe(0)
        expect(() => session.send(socket, 2, new Uint8Array(mebibyte))).toThrow(/wait for drain/)
        await next(RecordType.drain)
        expect(session.send(socket, 2, new Uint8Array(10))).toBe(0)
      }
    },
  )
})
