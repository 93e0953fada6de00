import {
  encodeRecords,
  errorNumbers,
  readRecords,
  RecordType,
  type RawRecord,
} from '@extism-ws/protocol'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocketServer, type WebSocket } from 'ws'

import { createPlugin, type Plugin } from '../src/index.js'
import { hostedBy, hostings, named } from './contract/hosting.js'
import { callerModule, decodeAnswers, encodeCalls } from './fuzz/caller-module.js'
import type { HostCall } from './fuzz/calls.js'
import { pause } from './isolation/hosted.js'

const page = 65_536
const pages = 2
const encoder = new TextEncoder()
const decoder = new TextDecoder()
const grow: HostCall = { name: 'memory.grow', args: [1] }
const packed: RawRecord = { type: 2, flags: 0, code: 1, id: 1, payload: encoder.encode('packed') }

const ways = (['event', 'worker', 'jspi'] as const)
  .filter((mode) => mode !== 'jspi' || 'Suspending' in WebAssembly)
  .flatMap((mode) => hostings(mode).filter(({ layer }) => layer === 'direct'))
  .flatMap((hosting) => [false, true].map((attached) => ({ hosting, attached })))
  .map((way) => ({
    ...way,
    title: `${way.attached ? 'attached' : 'foreign'}, ${named(way.hosting).replace(', direct layer', '')}`,
  }))

// Each growth gives the module's memory another buffer, and detaches every view of the one before.
describe.each(ways)('memory that grows between host calls: $title', ({ hosting, attached }) => {
  let server: WebSocketServer
  let client: WebSocket
  let plugin: Plugin
  let received: Buffer[]
  let size: number

  const run = async (...calls: HostCall[]): Promise<(number | bigint)[]> => {
    const output = await plugin.call('run', encodeCalls([], calls))
    return output === null ? [] : decodeAnswers([], calls, output)
  }
  const send = (kind: number, at: number, length: number): HostCall => ({
    name: 'ws_direct_send',
    args: [1, kind, at, length],
  })
  /** Fetches events into a page that was not there before the same entry, until messages are among them. */
  const fetched = async (name: string, ...args: number[]): Promise<string[]> => {
    for (;;) {
      const at = size * page + 8
      const [before, written] = await run(grow, { name, args: [...args, at, page - 8] })
      expect(before).toBe(size++)
      const texts = written === 0 ? [] : await readBack(at, Number(written))
      if (texts.length > 0) return texts
      await pause(1)
    }
  }
  /** The server is sent what was written there, and reads the messages of it. */
  const readBack = async (at: number, length: number): Promise<string[]> => {
    const count = received.length
    expect(await run(grow, send(2, at, length))).toEqual([size++, 0])
    while (received.length === count) await pause(1)
    const records = [...readRecords(received[count] ?? new Uint8Array(0))]
    return records.flatMap((record) =>
      record?.type === RecordType.message ? [decoder.decode(record.payload)] : [],
    )
  }

  beforeEach(async () => {
    size = pages
    received = []
    server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
    await once(server, 'listening')
    const url = encoder.encode(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
    const known = [
      { offset: 0, bytes: url },
      { offset: 1024, bytes: encoder.encode('some text') },
      { offset: 2048, bytes: encodeRecords([packed]) },
    ]
    plugin = await createPlugin(callerModule(pages, known, attached), {
      ...hostedBy(hosting),
      sockets: { allow: ['ws://127.0.0.1:*'] },
      memoryBytes: 1024 * page,
      timeoutMs: 10_000,
      logLevel: 'silent',
    })
    const connection = once(server, 'connection') as Promise<[WebSocket]>
    expect(await run({ name: 'ws_direct_connect', args: [0, url.length] })).toEqual([1])
    client = (await connection)[0]
    client.on('message', (message) => received.push(message as Buffer))
    // Where nothing waits, the open event comes later.
    while (hosting.mode === 'event') {
      const [written] = await run({ name: 'ws_direct_poll', args: [0, 4096, 4096] })
      if (Number(written) > 0) break
      await pause(1)
    }
  })
  afterEach(async () => {
    await plugin.close()
    await new Promise((resolve) => server.close(resolve))
  })

  it('what is sent is what is there now', async () => {
    const text = send(1, 1024, 9)
    const many = { name: 'ws_direct_send_many', args: [2048, 24] }
    const fresh = send(2, pages * page + 8, page - 8)
    const answers = await run(fresh, text, grow, text, many, grow, many, fresh, grow, text)
    // Before it was there.
    expect(answers[0]).toBe(errorNumbers.EWS_BAD_REQUEST)
    expect(answers.slice(1)).toEqual([0, pages, 0, 1, pages + 1, 1, 0, pages + 2, 0])
    while (received.length < 6) await pause(1)
    const texts = received.map((message) => decoder.decode(message))
    const zeros = '\0'.repeat(page - 8)
    expect(texts).toEqual(['some text', 'some text', 'packed', 'packed', zeros, 'some text'])
  })

  it('what comes is written where it is wanted now', async () => {
    for (let round = 0; round < 5; round++) {
      client.send(`one ${round}`)
      client.send(`two ${round}`)
      const polled = await fetched('ws_direct_poll', 0)
      if (polled.length < 2) polled.push(...(await fetched('ws_direct_poll', 0)))
      expect(polled).toEqual([`one ${round}`, `two ${round}`])
      client.send(`three ${round}`)
      expect(await fetched('ws_direct_receive', 1, 0)).toEqual([`three ${round}`])
    }
  })

  it.runIf(hosting.mode !== 'event')('what is waited for is, too', async () => {
    for (let round = 0; round < 5; round++) {
      const polled = fetched('ws_direct_poll', -1)
      await pause(2)
      client.send(`polled ${round}`)
      expect(await polled).toEqual([`polled ${round}`])
      const taken = fetched('ws_direct_receive', 1, 10_000)
      await pause(2)
      client.send('x'.repeat(60_000))
      expect(await taken).toEqual(['x'.repeat(60_000)])
    }
  })

  it.runIf(attached)(
    'that has come to its end is a trap, and a new instance has the socket',
    async () => {
      client.send('first')
      const call = plugin.call('exhaust')
      await expect(call).rejects.toMatchObject({ code: 'EWS_TRAPPED' })
      await expect(call).rejects.toThrow('it is built anew')
      size = pages
      expect(await fetched('ws_direct_poll', 0)).toEqual(['first'])
      client.send('second')
      expect(await fetched('ws_direct_poll', 0)).toEqual(['second'])
      expect(plugin.restarts).toBe(1)
      expect(plugin.open.sockets).toBe(1)
    },
  )
})
