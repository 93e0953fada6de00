import { setTimeout as pause } from 'node:timers/promises'
import { i32Const } from '@extism-ws/wasm'
import { afterEach, describe, expect, it, vi } from 'vitest'

import { Cancels } from '../src/guest/cancels.js'
import { createPlugin, withSockets, type Plugin, type RawPlugin } from '../src/index.js'
import { foreignModule } from './foreign-module.js'
import { cell, httpGuest } from './http-guest.js'

const aborted = { name: 'AbortError', message: 'no' }
const abortError = new DOMException('no', 'AbortError')
const pointer = 65_536

/** An entry that lasts until the test ends it, as with JSPI. */
interface Entry {
  readonly input: string | Uint8Array | undefined
  end(output: string): void
  trap(): void
}

/** The SDK's plugin, with entries that take their time. */
class SlowPlugin implements RawPlugin {
  readonly entries: Entry[] = []
  readonly #instance: WebAssembly.Instance

  constructor(module: Uint8Array) {
    const nothing = (): bigint => 0n
    this.#instance = new WebAssembly.Instance(new WebAssembly.Module(module as BufferSource), {
      'extism:host/env': { alloc: nothing, store_u8: nothing, output_set: nothing },
      test: { delivered: nothing },
    })
  }

  async call(_name: string, input?: string | Uint8Array): Promise<{ bytes(): Uint8Array }> {
    return new Promise((resolve, reject) => {
      this.entries.push({
        input,
        end: (output) => resolve({ bytes: () => Buffer.from(output) }),
        trap: () => reject(new WebAssembly.RuntimeError('unreachable')),
      })
    })
  }
  async reset(): Promise<boolean> {
    return true
  }
  async getInstance(): Promise<WebAssembly.Instance> {
    return this.#instance
  }
  async getExports(): Promise<WebAssembly.ModuleExportDescriptor[]> {
    const names = [...Object.keys(this.#instance.exports), 'run']
    return names.map((name) => ({ name, kind: 'function' }))
  }
  async getImports(): Promise<WebAssembly.ModuleImportDescriptor[]> {
    return []
  }
  async close(): Promise<void> {}

  /** The entry with this number, from 0, once it has begun. */
  async entry(number: number): Promise<Entry> {
    return vi.waitFor(() => {
      const entry = this.entries[number]
      if (entry === undefined) throw new Error('has not begun')
      return entry
    })
  }
}

const plugins: Plugin[] = []
const lines: string[] = []
const log = (line: string): number => lines.push(line)
const logger = { debug: log, info: log, warn: log, error: log }

afterEach(async () => {
  for (const plugin of plugins.splice(0)) await plugin.close()
  lines.length = 0
})

describe('cancelling a call of a module that does not attach', () => {
  const start = async (): Promise<{ raw: SlowPlugin; plugin: Plugin }> => {
    const raw = new SlowPlugin(foreignModule(1))
    const plugin = await withSockets({ logger }).attach(raw)
    plugins.push(plugin)
    return { raw, plugin }
  }

  it('rejects at once, and enters the module again when its entry has returned', async () => {
    const { raw, plugin } = await start()
    const controller = new AbortController()
    const first = plugin.call('run', 'first', undefined, { signal: controller.signal })
    const entry = await raw.entry(0)
    controller.abort(abortError)
    await expect(first).rejects.toBe(abortError)
    const second = plugin.call('run', 'second')
    await pause(10)
    expect(raw.entries).toHaveLength(1)
    expect(plugin.isActive()).toBe(true)
    entry.end('too late')
    const next = await raw.entry(1)
    expect(next.input).toBe('second')
    next.end('in time')
    expect((await second)?.text()).toBe('in time')
    expect(raw.entries).toHaveLength(2)
    expect(plugin.isActive()).toBe(false)
  })

  it('skips calls that are cancelled while they wait for it, and no others', async () => {
    const { raw, plugin } = await start()
    const controller = new AbortController()
    const first = plugin.call('run', '0')
    const others = Array.from({ length: 100 }, (_, index) =>
      plugin.call('run', String(index + 1), undefined, { signal: controller.signal }),
    )
    const last = plugin.call('run', 'last')
    const outcomes = Promise.allSettled(others)
    const entry = await raw.entry(0)
    controller.abort(abortError)
    expect((await outcomes).every(({ status }) => status === 'rejected')).toBe(true)
    entry.end('first')
    expect((await first)?.text()).toBe('first')
    const next = await raw.entry(1)
    expect(next.input).toBe('last')
    next.end('last')
    expect((await last)?.text()).toBe('last')
  })

  it('does not hide that the module trapped', async () => {
    const { raw, plugin } = await start()
    const controller = new AbortController()
    const first = plugin.call('run', '', undefined, { signal: controller.signal })
    const entry = await raw.entry(0)
    controller.abort(abortError)
    await expect(first).rejects.toBe(abortError)
    const second = plugin.call('run')
    entry.trap()
    await expect(second).rejects.toMatchObject({ code: 'EWS_TRAPPED' })
    expect(lines).toHaveLength(1)
  })
})

describe('a call whose entry is running', () => {
  it('fails when the plugin is disposed, even if it is left pending then', async () => {
    const raw = new SlowPlugin(httpGuest({ pending: 7 }))
    const plugin = await withSockets({ logger }).attach(raw)
    plugins.push(plugin)
    const call = plugin.call('run')
    const outcome = expect(call).rejects.toMatchObject({ code: 'EWS_DISPOSED' })
    const entry = await raw.entry(0)
    const closed = plugin.close()
    entry.end('')
    await outcome
    await closed
  })
})

describe('a guest', () => {
  const start = async (
    settings: Parameters<typeof httpGuest>[0] = {},
  ): Promise<{ plugin: Plugin; blocks: string[] }> => {
    const blocks: string[] = []
    let memory = new WebAssembly.Memory({ initial: 0 })
    const delivered = (_context: unknown, bytes: number): void => {
      if (bytes > 0) blocks.push(Buffer.from(memory.buffer, pointer, bytes).toString('hex'))
    }
    const functions = { test: { delivered } }
    const plugin = await createPlugin(httpGuest({ pending: 7, ...settings }), {
      name: 'foreign',
      logger,
      functions,
    })
    plugins.push(plugin)
    memory = (await plugin.getInstance()).exports['memory'] as WebAssembly.Memory
    const view = new DataView(memory.buffer)
    view.setFloat64(cell.never, Infinity, true)
    view.setFloat64(cell.deadline, Infinity, true)
    view.setUint32(cell.pointer, pointer, true)
    return { plugin, blocks }
  }
  /** A call that is left pending and then cancelled. */
  const cancelled = async (plugin: Plugin): Promise<void> => {
    const controller = new AbortController()
    const call = plugin.call('run', '', undefined, { signal: controller.signal })
    const outcome = expect(call).rejects.toMatchObject(aborted)
    await vi.waitFor(() => expect(plugin.open.calls).toBe(1))
    controller.abort(abortError)
    await outcome
    expect(plugin.open.calls).toBe(0)
    await pause(5)
  }

  it('is told of a cancelled call by these bytes, once', async () => {
    const { plugin, blocks } = await start()
    await cancelled(plugin)
    const json = Buffer.from('{"name":"AbortError","message":"no"}').toString('hex')
    expect(blocks).toEqual([`38000000240000000700000024000000${json}00000000`])
    await cancelled(plugin)
    expect(blocks).toHaveLength(2)
    expect(lines).toEqual([])
  })

  it('without __ews_reserve is not told, and lives on', async () => {
    const { plugin, blocks } = await start({ reserve: null })
    await cancelled(plugin)
    await cancelled(plugin)
    expect(blocks).toEqual([])
    expect(lines).toEqual([])
  })

  it('without memory for it is not told, which is logged, and lives on', async () => {
    const { plugin } = await start({ reserve: [i32Const(0)] })
    await cancelled(plugin)
    await cancelled(plugin)
    const line =
      'extism-ws: foreign: the plugin has no memory to be told which calls were cancelled (7)'
    expect(lines).toEqual([line, line])
  })

  it('cannot leave two calls pending under one id', async () => {
    const { plugin } = await start()
    const controller = new AbortController()
    const first = plugin.call('run', '', undefined, { signal: controller.signal })
    const outcome = expect(first).rejects.toMatchObject(aborted)
    await expect(plugin.call('run')).rejects.toMatchObject({ code: 'EWS_INTERNAL' })
    controller.abort(abortError)
    await outcome
  })
})

describe('what a guest has not been told of', () => {
  it('is handed over in order, in blocks of a bounded size, but one record at least', () => {
    const cancels = new Cancels({ ...logger, enabled: () => true })
    for (let call = 1; call <= 300; call++) cancels.push(call, 'é'.repeat(10_000))
    const blocks: number[][] = []
    while (cancels.waiting) blocks.push(cancels.take(100_000).map(({ id }) => id))
    expect(blocks.flat()).toEqual(Array.from({ length: 300 }, (_, index) => index + 1))
    // A reason has at most 4,096 characters: 8 KiB here.
    expect(blocks.slice(0, -1).every(({ length }) => length === 12)).toBe(true)
    cancels.push(1, 'x')
    cancels.push(2, 'x')
    expect(cancels.take(1).map(({ id }) => id)).toEqual([1])
  })
})
