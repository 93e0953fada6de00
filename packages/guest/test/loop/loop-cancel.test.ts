import { cancelRecord, encodeRecords, RecordType } from '@extism-ws/protocol'
import { afterEach, describe, expect, test, vi } from 'vitest'

import { Loop, type PluginCall } from '../../src/loop/index.js'
import { FakePlatform, jobs } from '../fake-platform.js'

const reason = { name: 'AbortError', message: 'enough' }

/** A loop with pending calls of one export, and what their signals said. */
class Plugin {
  readonly platform = new FakePlatform()
  readonly loop = new Loop(this.platform)
  readonly calls: { call: PluginCall; resolve(value: unknown): void }[] = []
  readonly seen: string[] = []

  constructor() {
    this.loop.define({
      run: (call) => new Promise((resolve) => this.calls.push({ call, resolve })),
      sync: () => 'done',
    })
  }

  start(): PluginCall {
    expect(this.loop.call(0)).toBe(0)
    const { call } = this.calls.at(-1) ?? {}
    if (call === undefined) throw new Error('the export did not run')
    return call
  }

  /** Writes down when the call's signal aborts. */
  watch(call: PluginCall, then: () => void = () => {}): void {
    call.signal.addEventListener('abort', () => {
      this.seen.push(`${call.id} ${(call.signal.reason as Error).message}`)
      then()
    })
  }

  /** One dispatch in which the host tells of these calls. */
  cancel(...ids: number[]): void {
    this.platform.block = encodeRecords(ids.map((id) => cancelRecord(id, reason)))
    this.loop.dispatch()
  }
}

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('a cancelled call', () => {
  test('has a signal that aborts with a DOMException like the reason', () => {
    const plugin = new Plugin()
    const call = plugin.start()
    expect(call.signal.aborted).toBe(false)
    plugin.watch(call)
    plugin.cancel(call.id)
    expect(plugin.seen).toEqual(['1 enough'])
    expect(call.signal.aborted).toBe(true)
    expect(call.signal.reason).toBeInstanceOf(DOMException)
    expect(call.signal.reason).toMatchObject(reason)
  })

  test('has an aborted signal when it is asked for later, and it is the same each time', () => {
    const plugin = new Plugin()
    const call = plugin.start()
    plugin.cancel(call.id)
    expect(call.signal.reason).toMatchObject(reason)
    expect(call.signal).toBe(call.signal)
  })

  test('without a name is an AbortError, and the first reason counts', () => {
    const plugin = new Plugin()
    const call = plugin.start()
    plugin.platform.block = encodeRecords([
      cancelRecord(call.id, { name: '', message: '' }),
      cancelRecord(call.id, { name: 'TimeoutError', message: 'late' }),
    ])
    plugin.loop.dispatch()
    expect(call.signal.reason).toMatchObject({ name: 'AbortError', message: '' })
  })

  test('stays pending until it settles, which is handed over as usual', async () => {
    const plugin = new Plugin()
    const call = plugin.start()
    plugin.cancel(call.id)
    expect(plugin.loop.currentCall()).toBe(call)
    plugin.calls[0]?.resolve('late')
    await jobs()
    plugin.loop.dispatch()
    expect(plugin.platform.takeSettled()).toEqual([{ id: 1, output: 'late' }])
    expect(() => plugin.loop.currentCall()).toThrow('no call is running')
  })

  test('leaves the others alone', () => {
    const plugin = new Plugin()
    const [first, second] = [plugin.start(), plugin.start()]
    for (const call of [first, second]) plugin.watch(call)
    plugin.cancel(second.id)
    expect(plugin.seen).toEqual(['2 enough'])
    expect(first.signal.aborted).toBe(false)
  })

  test('means nothing when it has settled, or when there is no such call', async () => {
    const plugin = new Plugin()
    const call = plugin.start()
    plugin.watch(call)
    plugin.calls[0]?.resolve('in time')
    await jobs()
    plugin.cancel(call.id, 77, 0)
    expect(plugin.seen).toEqual([])
    expect(call.signal.aborted).toBe(false)
    expect(plugin.platform.reports()).toEqual([])
  })
})

describe('records that the host pushed', () => {
  test('are delivered in order, promise jobs after each', () => {
    const plugin = new Plugin()
    const calls = [plugin.start(), plugin.start(), plugin.start()]
    for (const call of calls) plugin.watch(call)
    plugin.platform.runJobs = () => plugin.seen.push('jobs')
    plugin.cancel(3, 1)
    expect(plugin.seen.slice(0, 4)).toEqual(['3 enough', 'jobs', '1 enough', 'jobs'])
  })

  test('that a cut-off left over come in the next dispatch, before new ones', () => {
    const plugin = new Plugin()
    const calls = [plugin.start(), plugin.start(), plugin.start()]
    for (const call of calls) {
      plugin.watch(call, () => {
        plugin.platform.overTime = true
      })
    }
    plugin.cancel(2, 1)
    expect(plugin.seen).toEqual(['2 enough'])
    plugin.platform.overTime = false
    expect(plugin.loop.deadline()).toBe(0)
    plugin.cancel(3)
    plugin.platform.overTime = false
    plugin.loop.dispatch()
    expect(plugin.seen).toEqual(['2 enough', '1 enough', '3 enough'])
    plugin.platform.overTime = false
    plugin.loop.dispatch()
    expect(plugin.loop.deadline()).toBe(Infinity)
  })

  test('of unknown types are ignored, and nothing behind a malformed one is read', () => {
    const plugin = new Plugin()
    const call = plugin.start()
    const unknown = { type: 99, flags: 0, code: 0, id: call.id, payload: new Uint8Array(3) }
    const good = encodeRecords([unknown, cancelRecord(call.id, reason)])
    plugin.platform.block = new Uint8Array([...new Uint8Array(16), ...good])
    plugin.loop.dispatch()
    expect(call.signal.aborted).toBe(false)
    plugin.platform.block = good
    plugin.loop.dispatch()
    expect(call.signal.aborted).toBe(true)
    expect(plugin.loop.deadline()).toBe(Infinity)
  })

  test('may be anything: a payload that is no JSON is a reason without texts', () => {
    const plugin = new Plugin()
    const call = plugin.start()
    const type = RecordType.cancel
    const payload = Uint8Array.of(0xff, 0x7b)
    plugin.platform.block = encodeRecords([{ type, flags: 9, code: 9, id: call.id, payload }])
    plugin.loop.dispatch()
    expect(call.signal.reason).toMatchObject({ name: 'AbortError', message: '' })
    expect(plugin.platform.reports()).toEqual([])
  })
})

describe('the signal', () => {
  test('costs nothing before it is asked for', () => {
    const made = vi.fn()
    vi.stubGlobal('AbortController', made)
    const plugin = new Plugin()
    plugin.start()
    plugin.cancel(1)
    expect(made).not.toHaveBeenCalled()
  })

  test('is refused with an explanation where there is no AbortController', () => {
    vi.stubGlobal('AbortController', undefined)
    const call = new Plugin().start()
    expect(() => call.signal).toThrow(
      expect.objectContaining({
        code: 'EWS_UNSUPPORTED',
        message: expect.stringContaining('AbortController'),
      }),
    )
  })
})
