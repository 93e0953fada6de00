import { EwsError } from '@extism-ws/protocol'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { json } from '../../src/codec/json.js'
import {
  sync,
  type CodecOptions,
  type StandardSchema,
  type TypedSyncSocket,
  type Undecodable,
} from '../../src/index.js'
import { dispatch, engine, host } from '../fake-bridge.js'
import type { FakeConnection } from '../fake-connection.js'
import { steps } from '../sync/opened.js'

const { warnings } = engine

beforeEach(() => {
  host.steps.length = 0
  host.waits.length = 0
  warnings.length = 0
})
afterEach(async () => {
  expect(host.meanwhile).toEqual([])
  host.endAll()
  await dispatch()
  await dispatch()
})

function opened(options: CodecOptions = {}): {
  socket: TypedSyncSocket<unknown>
  server: FakeConnection
} {
  host.meanwhile.push(() => host.last.open({ protocol: 'trades' }))
  const socket = sync.connect('ws://feed.example/', { codec: json(), ...options })
  host.steps.length = 0
  host.waits.length = 0
  return { socket, server: host.last }
}

/** Reads until the end; what ended it comes last. */
function readAll(socket: Iterable<unknown>): unknown[] {
  const read: unknown[] = []
  try {
    for (const value of socket) read.push(value)
    read.push('end')
  } catch (error) {
    read.push(error)
  }
  return read
}

describe('a socket of values whose functions wait', () => {
  test('asks the host for what one of messages would', () => {
    const { server } = opened()
    expect(Object.keys(server.request)).not.toContain('codec')
    expect(server.request).toMatchObject({ url: 'ws://feed.example/', wait: true })
  })

  test('sends values, and waits for them', () => {
    const { socket, server } = opened()
    socket.send({ price: 1 })
    expect(server.sent).toEqual(['{"price":1}'])
    host.meanwhile.push(() => server.message('{"price":2}').message('null'))
    expect(socket.receive()).toEqual({ price: 2 })
    expect(socket.receive()).toBeNull()
    expect(host.waits).toEqual([-1])
  })

  test('gets nothing when the time passed, and EWS_CLOSED behind the last value', () => {
    const { socket, server } = opened()
    expect(socket.receive({ timeoutMs: 0 })).toBeUndefined()
    expect(socket.receive({ timeoutMs: 5 })).toBeUndefined()
    server.message('1').end(1000)
    expect(socket.receive()).toBe(1)
    expect(() => socket.receive()).toThrow(expect.objectContaining({ code: 'EWS_CLOSED' }))
    expect(() => socket.receive({ timeoutMs: -2 })).toThrow(
      expect.objectContaining({ code: 'EWS_BAD_REQUEST' }),
    )
  })

  test('ends quietly after a closing handshake, and throws when it was lost', () => {
    const first = opened()
    first.server.message('1').end(1000)
    expect(readAll(first.socket)).toEqual([1, 'end'])
    expect(first.socket.closed).toMatchObject({ code: 1000 })
    const second = opened()
    second.server.message('1').end(1006)
    expect(readAll(second.socket)).toEqual([1, expect.objectContaining({ code: 'EWS_CLOSED' })])
  })

  test('tells of its connection what that of messages does, and closes by `using`', () => {
    const made = opened()
    host.meanwhile.push(() => made.server.end(1000))
    {
      using socket = made.socket
      expect(socket).toMatchObject({ url: 'ws://feed.example/', protocol: 'trades' })
      expect(socket.closed).toBeUndefined()
      expect(socket.drained()).toBe(true)
    }
    expect(made.server.closing).toEqual({ code: 1000, reason: '' })
    expect(made.socket.close(3000, 'again')).toMatchObject({ code: 1000 })
  })

  test('throws what the codec throws for a value that it cannot encode, and sends nothing', () => {
    const { socket, server } = opened()
    for (const value of [undefined, 1n]) expect(() => socket.send(value)).toThrow(TypeError)
    expect(server.sent).toEqual([])
    host.refusal = new EwsError('EWS_LIMIT', 'full')
    expect(() => socket.send(1)).toThrow('full')
  })

  test('can be made of a socket that there is already', () => {
    host.meanwhile.push(() => host.last.open())
    const plain = sync.connect('ws://feed.example/', { name: 'feed' })
    const socket = json<number>().wrap(plain)
    expect(socket.name).toBe('feed')
    host.last.message('7')
    expect(socket.receive()).toBe(7)
    // To wait for many of them, and decode what comes.
    host.last.message('8')
    const [ready] = sync.poll([plain])
    expect(json().decode(ready?.message ?? '')).toBe(8)
  })

  test('has handled a value when the next one is asked for', () => {
    const { socket, server } = opened({ onUndecodable() {} })
    server.message('1').message('no').message('2')
    expect(socket.receive()).toBe(1)
    expect(steps(server)).toEqual(['taken'])
    expect(socket.receive()).toBe(2)
    expect(steps(server)).toEqual(['taken', 'taken'])
    expect(socket.receive({ timeoutMs: 0 })).toBeUndefined()
  })
})

describe('a message that cannot be decoded, where nothing is awaited', () => {
  test('is kept as it came, and reading goes on with the next one', () => {
    const failures: Undecodable[] = []
    const { socket, server } = opened({ onUndecodable: (failure) => failures.push(failure) })
    const bytes = Uint8Array.of(0x7b, 0xff)
    server.message('{"a":').message('1').message(bytes).message('2').end(1000)
    expect(socket.receive()).toBe(1)
    expect(readAll(socket)).toEqual([2, 'end'])
    expect(failures).toEqual([
      { message: '{"a":', error: expect.objectContaining({ code: 'EWS_DECODE' }) },
      { message: bytes, error: expect.objectContaining({ code: 'EWS_DECODE' }) },
    ])
    expect(failures[0]?.error.cause).toBeInstanceOf(SyntaxError)
    expect(socket.undecodable).toBe(2)
    expect(warnings).toEqual([])
  })

  test('is waited past, for the rest of the time and no longer', () => {
    const { socket, server } = opened({ onUndecodable() {} })
    host.meanwhile.push(() => {
      engine.clock += 60
      server.message('no')
    })
    expect(socket.receive({ timeoutMs: 100 })).toBeUndefined()
    expect(host.waits).toEqual([100, 40])
    // One behind it is for the next reader, when the time is over.
    host.meanwhile.push(() => {
      engine.clock += 100
      server.message('no').message('1')
    })
    expect(socket.receive({ timeoutMs: 100 })).toBeUndefined()
    expect(socket.receive({ timeoutMs: 0 })).toBe(1)
    server.message('no').message('2')
    expect(socket.receive({ timeoutMs: 0 })).toBe(2)
    expect(socket.undecodable).toBe(3)
  })

  test('without a listener is counted, and the first one is a warning', () => {
    const { socket, server } = opened()
    server.message('no').message('nor this').message('1').end(1000)
    expect(readAll(socket)).toEqual([1, 'end'])
    expect(socket.undecodable).toBe(2)
    expect(warnings).toEqual([expect.stringContaining('ws://feed.example/: a message is left out')])
  })

  test('ends the loop when the listener throws, and what comes behind can still be read', () => {
    const { socket, server } = opened()
    socket.onUndecodable = ({ error }) => {
      throw error
    }
    expect(socket.onUndecodable).toBeTypeOf('function')
    server.message('no').message('1')
    expect(readAll(socket)).toEqual([expect.objectContaining({ code: 'EWS_DECODE' })])
    expect(socket.receive()).toBe(1)
  })
})

/** A schema that does what the function does. */
function schemaOf<Valid>(
  validate: StandardSchema<Valid>['~standard']['validate'],
): StandardSchema<Valid> {
  return { '~standard': { version: 1, vendor: 'test', validate } }
}

describe('a schema, where nothing is awaited', () => {
  const connect = <Valid>(schema: StandardSchema<Valid>): TypedSyncSocket<Valid, unknown> => {
    host.meanwhile.push(() => host.last.open())
    return sync.connect('ws://feed.example/', { codec: json(), schema })
  }

  test('says what is read', () => {
    const numbers = schemaOf((value) =>
      typeof value === 'number'
        ? { value: `number ${value}` }
        : { issues: [{ message: 'no number' }] },
    )
    const socket = connect(numbers)
    const failures: Undecodable[] = []
    socket.onUndecodable = (failure) => failures.push(failure)
    host.last.message('"no"').message('1').end(1000)
    expect(readAll(socket)).toEqual(['number 1', 'end'])
    expect(failures).toEqual([
      {
        message: '"no"',
        error: expect.objectContaining({ code: 'EWS_DECODE' }),
        issues: [{ message: 'no number' }],
      },
    ])
  })

  test.each([
    ['is asynchronous', async (value: unknown) => ({ value })],
    ['fails later', () => Promise.reject(new Error('of nobody'))],
  ])('that %s is an error of the one who chose it, and not of the message', (_name, validate) => {
    const socket = connect(schemaOf<unknown>(validate))
    host.last.message('1')
    expect(() => socket.receive()).toThrow(
      expect.objectContaining({
        code: 'EWS_BAD_REQUEST',
        message: expect.stringContaining('json: the schema is asynchronous'),
      }),
    )
    expect(socket.undecodable).toBe(0)
  })

  test('may throw whatever it likes', () => {
    const socket = connect(
      schemaOf((): never => {
        throw Object.create(null)
      }),
    )
    const failures: string[] = []
    socket.onUndecodable = ({ error }) => failures.push(error.message)
    host.last.message('1').end(1000)
    expect(readAll(socket)).toEqual(['end'])
    expect(failures).toEqual(['json: something other than an Error was thrown'])
  })
})
