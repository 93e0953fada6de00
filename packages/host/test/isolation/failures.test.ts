import { EwsError } from '@extism-ws/protocol'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'

import type { Plugin } from '../../src/index.js'
import { create, expectAlive, Integrator, invoke, pause, ways } from './hosted.js'

/** Something that nothing can be made of. */
const unspeakable = {
  toString() {
    throw new Error('of toString')
  },
  get message(): string {
    throw new Error('of message')
  },
}

const hostile = new Proxy(
  {},
  {
    getPrototypeOf() {
      throw new Error('of a proxy')
    },
    get() {
      throw new Error('of a proxy')
    },
    has() {
      throw new Error('of a proxy')
    },
  },
)

/** A promise of another maker. */
function thenable(descriptor: PropertyDescriptor): object {
  // oxlint-disable-next-line unicorn/no-thenable -- that is what is tested
  return Object.defineProperty({}, 'then', descriptor)
}

function throws(): never {
  throw new Error('of then')
}

const unnamed = Object.assign(new Error('unused'), { message: Symbol('no text') })

/** What is thrown, or what a promise is rejected with, and what of it the guest is told. */
const thrown: [string, () => unknown, string][] = [
  ['an Error', () => new Error('no such row'), 'no such row'],
  ['an Error of another class', () => new RangeError('too far'), 'too far'],
  ['a string', () => 'just text', 'just text'],
  ['a number', () => 42, '42'],
  ['nothing', () => undefined, 'undefined'],
  ['null', () => null, 'null'],
  ['a symbol', () => Symbol('odd'), 'Symbol(odd)'],
  ['an object whose toString throws', () => unspeakable, 'without a description'],
  ['an object without a prototype', () => Object.create(null), 'without a description'],
  ['a proxy that throws', () => hostile, 'without a description'],
  ['an Error whose message is no text', () => unnamed, 'Symbol(no text)'],
]

describe.each(ways)("an integrator's function that fails: $title", ({ hosting, waits }) => {
  const integrator = new Integrator()
  let plugin: Plugin

  beforeAll(async () => {
    plugin = await create(hosting, integrator, { functionTimeoutMs: 50 })
  })
  afterEach(() => expectAlive(plugin, integrator))
  afterAll(() => plugin.close())

  it.each(thrown)('by throwing %s is an exception in the plugin', async (_name, make, text) => {
    integrator.behaviour = () => {
      throw make()
    }
    for (const name of ['to_i32', 'to_i64', 'to_f64', 'to_void', 'to_block']) {
      expect(await invoke(plugin, name)).toMatchObject({
        code: 'EWS_HOST_FUNCTION',
        message: expect.stringContaining(text),
      })
      expect(await invoke(plugin, name)).toHaveProperty(
        'message',
        expect.stringContaining(`host function "${name}" failed: `),
      )
    }
  })

  it('tells the plugin what was thrown, and neither where nor why', async () => {
    integrator.behaviour = () => {
      throw new Error('no such row', { cause: new Error('of the database') })
    }
    const thrownThere = (await plugin.call('anatomy', 'to_i32'))?.text() ?? ''
    expect(JSON.parse(thrownThere)).toMatchObject({
      message: 'host function "to_i32" failed: no such row',
      cause: 'undefined',
    })
    expect(thrownThere).not.toMatch(/failures\.test|node_modules|of the database/)
  })

  it('keeps the code of one of our own errors', async () => {
    integrator.behaviour = () => {
      throw new EwsError('EWS_DENIED', 'not for you')
    }
    expect(await invoke(plugin)).toMatchObject({
      code: 'EWS_DENIED',
      message: 'host function "to_i32" failed: not for you',
    })
  })

  it('is the failure of a call that does not catch it', async () => {
    integrator.behaviour = () => {
      throw new Error('no such row')
    }
    const call = plugin.call('uncaught', 'to_i64')
    await expect(call).rejects.toMatchObject({ code: 'EWS_HOST_FUNCTION' })
    await expect(call).rejects.toThrow('host function "to_i64" failed: no such row')
  })

  it('does not trouble the next call, nor one that is caught and made again', async () => {
    let calls = 0
    integrator.behaviour = (_context, argument) => {
      if (calls++ % 2 === 0) throw new Error('every other time')
      return argument
    }
    for (let round = 0; round < 20; round++) {
      expect(await invoke(plugin)).toMatchObject({ code: 'EWS_HOST_FUNCTION' })
      expect(await invoke(plugin)).toEqual({ value: '7' })
    }
  })

  describe.runIf(waits)('where it can be waited for', () => {
    it.each(thrown)('by rejecting with %s is an exception', async (_name, make, text) => {
      integrator.behaviour = async () => {
        await pause(1)
        throw make()
      }
      for (const name of ['to_i32', 'to_i64', 'to_void']) {
        expect(await invoke(plugin, name)).toMatchObject({
          code: 'EWS_HOST_FUNCTION',
          message: expect.stringContaining(text),
        })
      }
    })

    it('has all of its result when that comes later', async () => {
      integrator.behaviour = async (_context, argument) => {
        await pause(5)
        return argument * 6
      }
      expect(await invoke(plugin, 'to_i32')).toEqual({ value: '42' })
      expect(await invoke(plugin, 'to_f64')).toEqual({ value: '42' })
      integrator.behaviour = async () => {
        await pause(5)
        return -(2n ** 60n)
      }
      expect(await invoke(plugin, 'to_i64')).toEqual({ value: String(-(2n ** 60n)) })
    })

    it('times out when its promise never settles', async () => {
      integrator.behaviour = () => new Promise(() => {})
      for (const name of ['to_i32', 'to_i64', 'to_void']) {
        expect(await invoke(plugin, name)).toMatchObject({
          code: 'EWS_TIMEOUT',
          message: expect.stringContaining('functionTimeoutMs'),
        })
      }
    })

    it.each(['resolves', 'rejects'])('is not heard when it %s behind its time', async (how) => {
      let ended = false
      integrator.behaviour = async () => {
        await pause(400)
        ended = true
        if (how === 'rejects') throw new Error('too late')
        return 99
      }
      expect(await invoke(plugin)).toMatchObject({ code: 'EWS_TIMEOUT' })
      while (!ended) await pause(1)
      integrator.behaviour = () => 1
      expect(await invoke(plugin)).toEqual({ value: '1' })
    })

    it('may answer with a thenable of any make', async () => {
      integrator.behaviour = () =>
        thenable({ value: (resolve: (value: number) => void) => resolve(5) })
      expect(await invoke(plugin)).toEqual({ value: '5' })
      integrator.behaviour = () => thenable({ value: throws })
      expect(await invoke(plugin)).toMatchObject({ code: 'EWS_HOST_FUNCTION' })
      integrator.behaviour = () => thenable({ get: throws })
      expect(await invoke(plugin)).toMatchObject({ code: 'EWS_HOST_FUNCTION' })
    })
  })

  describe.runIf(!waits)('where nothing waits', () => {
    it.each([
      ['resolves', async () => 1],
      ['rejects', () => Promise.reject(new Error('of nobody'))],
      ['never settles', () => new Promise(() => {})],
      ['is a thenable that throws', () => thenable({ value: throws })],
    ])('cannot be asynchronous: its promise %s', async (_name, behaviour) => {
      integrator.behaviour = behaviour
      for (const name of ['to_i32', 'to_i64', 'to_void']) {
        expect(await invoke(plugin, name)).toMatchObject({
          code: 'EWS_WOULD_BLOCK',
          message: expect.stringContaining('asynchronous'),
        })
      }
      await pause(1)
    })
  })
})
