import { setTimeout as pause } from 'node:timers/promises'
import {
  abortRecord,
  encodeRecords,
  readRecords,
  recordHttpEvent,
  requestRecord,
  type HttpEvent,
  type RawRecord,
} from '@extism-ws/protocol'
import { i32Const, i32Load, op } from '@extism-ws/wasm'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { createPlugin, type Plugin, type PluginOptions } from '../../src/index.js'
import { cell, httpGuest } from '../http-guest.js'
import { sdks, type SdkVersion } from '../sdk.js'
import { HttpServer } from './server.js'

const pointer = 65_536
const i32LessThan = 0x49

/** A plugin made of httpGuest, and what the test thinks for it. */
class Puppet {
  readonly plugin: Plugin
  readonly memory: WebAssembly.Memory
  readonly events: HttpEvent[]

  private constructor(plugin: Plugin, memory: WebAssembly.Memory, events: HttpEvent[]) {
    this.plugin = plugin
    this.memory = memory
    this.events = events
  }

  static async load(guest: Uint8Array, options: PluginOptions): Promise<Puppet> {
    const events: HttpEvent[] = []
    let memory = new WebAssembly.Memory({ initial: 0 })
    const delivered = (_context: unknown, bytes: number): void => {
      if (bytes === 0) return
      const block = new Uint8Array(memory.buffer, pointer, bytes).slice()
      for (const record of readRecords(block)) {
        const event = record && recordHttpEvent(record)
        if (event === undefined) throw new Error('the host wrote what is no event')
        events.push(event)
      }
    }
    const functions = { test: { delivered } }
    // Its memory is this instance's: another one would be another puppet.
    const plugin = await createPlugin(guest, {
      ...options,
      name: 'foreign',
      functions,
      restart: false,
    })
    memory = (await plugin.getInstance()).exports['memory'] as WebAssembly.Memory
    const puppet = new Puppet(plugin, memory, events)
    puppet.view.setFloat64(cell.never, Infinity, true)
    puppet.view.setFloat64(cell.deadline, Infinity, true)
    puppet.answer(pointer)
    return puppet
  }

  get view(): DataView {
    return new DataView(this.memory.buffer)
  }

  /** What `__ews_reserve` says from now on. */
  answer(value: number): void {
    this.view.setUint32(cell.pointer, value, true)
  }

  /** Has the next dispatch hand these records over, and brings it about by an entry. */
  async ask(...records: RawRecord[]): Promise<void> {
    const output = encodeRecords(records)
    new Uint8Array(this.memory.buffer).set(output, cell.output)
    this.view.setUint32(cell.outputBytes, output.length, true)
    this.view.setFloat64(cell.deadline, 0, true)
    await this.plugin.call('run')
    await pause(1)
  }

  of(id: number): string[] {
    return this.events.filter(({ request }) => request === id).map(({ type }) => type)
  }
}

const get = (id: number, url: string): RawRecord =>
  requestRecord(id, {
    method: 'GET',
    url,
    headers: [],
    redirect: 'follow',
    body: new Uint8Array(0),
  })

describe.each(Object.keys(sdks) as SdkVersion[])('fetch of a guest on SDK %s', (version) => {
  let server: HttpServer
  let puppet: Puppet | undefined
  const lines: string[] = []
  const log = (line: string): number => lines.push(line)
  const logger = { debug: log, info: log, warn: log, error: log }
  const load = async (
    settings: Parameters<typeof httpGuest>[0] = {},
    options: PluginOptions = {},
  ): Promise<Puppet> => {
    const http = { allow: ['http://127.0.0.1:*'] }
    puppet = await Puppet.load(httpGuest(settings), {
      extism: sdks[version],
      logger,
      http,
      ...options,
    })
    return puppet
  }

  beforeEach(async () => {
    server = await HttpServer.start()
  })
  afterEach(async () => {
    await puppet?.plugin.close()
    lines.length = 0
    // Nothing is left, whatever the test did.
    await server.idle()
    await server[Symbol.asyncDispose]()
  })

  it('leaves as records of a dispatch, and is answered before another', async () => {
    const guest = await load()
    await guest.ask(get(1, `${server.origin}/hello`), get(2, 'http://example.com/'))
    await vi.waitFor(() => expect(guest.of(1)).toEqual(['response', 'body', 'end']))
    expect(guest.events).toContainEqual(expect.objectContaining({ type: 'response', status: 200 }))
    expect(guest.events).toContainEqual({
      type: 'failed',
      request: 2,
      error: expect.objectContaining({ code: 'EWS_DENIED' }),
    })
    expect(guest.plugin.open).toEqual({ sockets: 0, requests: 0, calls: 0 })
  })

  it('is handed over in blocks of a bounded size', async () => {
    const guest = await load({}, { memoryBytes: 2 ** 23 })
    await guest.ask(get(1, `${server.origin}/bytes?count=6000000`))
    await vi.waitFor(() => expect(guest.of(1).at(-1)).toBe('end'), 5000)
    const bodies = guest.events.flatMap((event) => (event.type === 'body' ? [event.data] : []))
    expect(bodies.reduce((sum, { length }) => sum + length, 0)).toBe(6_000_000)
  })

  it('is given up by an abort record, while it runs', async () => {
    const guest = await load()
    await guest.ask(get(1, `${server.origin}/drip`))
    await vi.waitFor(() => expect(guest.of(1)).toEqual(['response', 'body']))
    expect(guest.plugin.open.requests).toBe(1)
    await guest.ask(abortRecord(1), abortRecord(7))
    await server.idle()
    expect(guest.of(1)).toEqual(['response', 'body'])
    expect(guest.plugin.open.requests).toBe(0)
  })

  it('reaches the hosts of the manifest as well', async () => {
    const wasm = [{ data: httpGuest() }]
    const options = { extism: sdks[version], logger, functions: { test: { delivered: () => {} } } }
    const manifest = { wasm, allowedHosts: ['127.0.0.1', 'not a host'] }
    await expect(createPlugin(manifest, options)).rejects.toThrow('allowedHosts: "not a host"')
    const odd = { wasm, allowedHosts: '127.0.0.1' as never }
    await expect(createPlugin(odd, options)).rejects.toMatchObject({ code: 'EWS_BAD_MODULE' })
    const plugin = await createPlugin({ wasm, allowedHosts: ['127.0.0.1'] }, options)
    const { exports } = await plugin.getInstance()
    const { buffer } = exports['memory'] as WebAssembly.Memory
    const output = encodeRecords([get(1, `${server.origin}/hello`)])
    new Uint8Array(buffer).set(output, cell.output)
    const view = new DataView(buffer)
    view.setFloat64(cell.never, Infinity, true)
    view.setUint32(cell.outputBytes, output.length, true)
    view.setUint32(cell.pointer, pointer, true)
    await plugin.call('run')
    await vi.waitFor(() => expect(server.seen).toHaveLength(1))
    await plugin.close()
  })

  it('is cut when the plugin is closed', async () => {
    const guest = await load()
    await guest.ask(get(1, `${server.origin}/drip`), get(2, `${server.origin}/silent`))
    await vi.waitFor(() => expect(server.connections).toBe(2))
    await guest.plugin.close()
    await server.idle()
    expect(guest.plugin.open.requests).toBe(0)
  })

  it('is cut when the plugin traps', async () => {
    const guest = await load()
    await guest.ask(get(1, `${server.origin}/drip`))
    await vi.waitFor(() => expect(guest.of(1)).toEqual(['response', 'body']))
    await expect(guest.plugin.call('trap')).rejects.toMatchObject({ code: 'EWS_TRAPPED' })
    await server.idle()
    expect(guest.plugin.open.requests).toBe(0)
  })

  it('is ignored without __ews_reserve, with one line in the log', async () => {
    const guest = await load({ reserve: null })
    await guest.ask(get(1, `${server.origin}/hello`), get(2, `${server.origin}/hello`))
    await guest.ask(get(3, `${server.origin}/hello`))
    expect(lines).toEqual([
      'extism-ws: foreign: the plugin asks for HTTP but has no __ews_reserve: rebuild it',
    ])
    expect(server.connected).toBe(0)
  })

  it('is ignored when its id does not rise, with one line in the log', async () => {
    const guest = await load()
    await guest.ask(get(5, 'x'), get(5, 'x'), get(4, 'x'), get(0, 'x'))
    await vi.waitFor(() => expect(guest.events).toHaveLength(1))
    expect(lines).toEqual([
      'extism-ws: foreign: the plugin uses the request id 5, which does not rise: it is ignored',
    ])
  })

  it('fails when the guest has no memory for the response, and the plugin lives on', async () => {
    // 0 for what is large, a block for what is small.
    const asked = [i32Const(cell.reserved), i32Load()]
    const small = [...asked, i32Const(4096), i32LessThan, op.select]
    const guest = await load({ reserve: [i32Const(pointer), i32Const(0), ...small] })
    await guest.ask(get(1, `${server.origin}/bytes?count=100000`))
    await vi.waitFor(() => expect(guest.of(1).at(-1)).toBe('failed'))
    expect(guest.events.at(-1)).toMatchObject({
      error: { code: 'EWS_LIMIT', message: 'the plugin has no memory for the response' },
    })
    await guest.ask(get(2, `${server.origin}/hello`))
    await vi.waitFor(() => expect(guest.of(2)).toEqual(['response', 'body', 'end']))
  })

  it.each([
    ['has no memory at all', [i32Const(0)], 'EWS_LIMIT'],
    ['answers a block behind its memory', [i32Const(64 * 65_536)], 'EWS_INTERNAL'],
    ['answers a block that ends behind it', [i32Const(64 * 65_536 - 8)], 'EWS_INTERNAL'],
    ['answers rubbish', [i32Const(-16)], 'EWS_INTERNAL'],
    ['traps in __ews_reserve', [op.unreachable], 'EWS_TRAPPED'],
  ])('ends the plugin when it %s', async (_name, reserve, code) => {
    const guest = await load({ reserve })
    await guest.ask(get(1, `${server.origin}/hello`))
    await vi.waitFor(async () => {
      await expect(guest.plugin.call('run')).rejects.toMatchObject({ code })
    })
    expect(lines).toHaveLength(1)
    expect(guest.plugin.open).toEqual({ sockets: 0, requests: 0, calls: 0 })
  })

  it('ends the plugin when it asks for ever more', async () => {
    const guest = await load()
    const flood = Array.from({ length: 70_000 }, (_, i) => ({
      type: 18,
      flags: 0,
      code: 0,
      id: i + 1,
      payload: new Uint8Array(0),
    }))
    await guest.ask(...flood)
    await vi.waitFor(async () => {
      await expect(guest.plugin.call('run')).rejects.toMatchObject({ code: 'EWS_LIMIT' })
    })
    expect(lines).toEqual([
      'extism-ws: foreign: the plugin asks for ever more requests without taking their answers and cannot be used any more: create it anew',
    ])
  })

  it('leaves records alone that are none of HTTP, or cut short', async () => {
    const guest = await load()
    const strange = { type: 99, flags: 0, code: 0, id: 1, payload: new Uint8Array(0) }
    await guest.ask(strange, { ...strange, type: 32 }, { ...strange, type: 16 })
    expect(lines).toEqual([])
    new Uint8Array(guest.memory.buffer).fill(0xff, cell.output, cell.output + 24)
    guest.view.setUint32(cell.outputBytes, 24, true)
    guest.view.setFloat64(cell.deadline, 0, true)
    await guest.plugin.call('run')
    await vi.waitFor(() => expect(lines).toHaveLength(1))
    expect(lines[0]).toContain('cut short')
  })

  it("never waits in Extism's own HTTP functions: a call that uses them fails, and the plugin lives", async () => {
    const guest = await load({ extismHttp: true })
    const { exports } = await guest.plugin.getInstance()
    expect(exports['http']).toBeTypeOf('function')
    const request = JSON.stringify({ url: `${server.origin}/hello`, method: 'GET' })
    await expect(guest.plugin.call('http', request)).rejects.toMatchObject({
      code: 'EWS_WOULD_BLOCK',
    })
    expect(await guest.plugin.call('run')).toBeNull()
    expect(server.seen).toEqual([])
    const imports = await guest.plugin.getImports()
    expect(
      imports.filter(({ name }) => name.startsWith('http_')).map((each) => each.module),
    ).toEqual(['extism-ws:http', 'extism-ws:http', 'extism-ws:http'])
    expect(lines).toEqual([])
  })
})
