import { encodeRecords, Opcode, RecordType } from '@extism-ws/protocol'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'

import { createPlugin } from '../../src/index.js'
import { keepingGuest } from '../foreign-module.js'
import { sdks, type SdkVersion } from '../sdk.js'
import { TestServer } from '../server.js'

const head = 1024
const block = 4096

function records(...messages: (readonly [socket: number, text: string])[]): Uint8Array {
  return encodeRecords(
    messages.map(([id, text]) => ({
      type: RecordType.message,
      flags: 0,
      code: Opcode.text,
      id,
      payload: Buffer.from(text),
    })),
  )
}

function headOf(address: number, length: number): Uint8Array {
  return new Uint8Array(Uint32Array.of(address, length).buffer)
}

const words = records([1, 'one'], [1, 'two'])

// docs/abi.md §4.7.
describe.each(Object.keys(sdks) as SdkVersion[])(
  'what a guest has kept when it traps, on SDK %s',
  (version) => {
    const logger = { debug() {}, info() {}, warn() {}, error() {} }
    let server: TestServer
    beforeAll(async () => {
      server = await TestServer.start()
    })
    afterAll(async () => {
      await server.idle()
      await server[Symbol.asyncDispose]()
    })

    /** What came of it by the time the connection ended. */
    async function sent(unsent: number, memory: Record<number, Uint8Array>): Promise<string[]> {
      server.received.length = 0
      const closes = server.closes.length
      const wasm = keepingGuest(`${server.origin}/sink`, unsent, memory)
      const sockets = { allow: ['ws://127.0.0.1:*'] }
      const options = { extism: sdks[version], logger, sockets, restart: false } as const
      await using plugin = await createPlugin(wasm, options)
      await plugin.call('open')
      await vi.waitFor(() => expect(plugin.metrics().urls[0]?.open).toBe(1))
      await expect(plugin.call('trap')).rejects.toMatchObject({ code: 'EWS_TRAPPED' })
      await vi.waitFor(() => expect(server.closes.length).toBe(closes + 1))
      return [...server.received]
    }

    it('is sent', async () => {
      const memory = { [head]: headOf(block, words.length), [block]: words }
      expect(await sent(head, memory)).toEqual(['one', 'two'])
    })

    const damages: [string, number, Record<number, Uint8Array>, string[]][] = [
      ['nothing', head, { [head]: headOf(block, 0), [block]: words }, []],
      ['nowhere', 0, { [block]: words }, []],
      ['a place beyond its memory', 65_536, {}, []],
      ['a place at the end of its memory', 65_532, {}, []],
      ['a place at the end of all memory', -4, {}, []],
      ['a block beyond its memory', head, { [head]: headOf(65_530, 100) }, []],
      ['a block of impossible size', head, { [head]: headOf(block, 0xffff_fff8) }, []],
      ['a record cut short', head, { [head]: headOf(block, 40), [block]: words }, ['one']],
      [
        'a socket that it does not have',
        head,
        { [head]: headOf(block, 48), [block]: records([1, 'one'], [7, 'two']) },
        ['one'],
      ],
    ]
    it.each(damages)('names %s, and harms nobody', async (_name, unsent, memory, expected) => {
      expect(await sent(unsent, memory)).toEqual(expected)
    })
  },
)
