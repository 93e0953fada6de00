import { afterEach, describe, expect, test, vi } from 'vitest'

import { json } from '../../src/codec/json.js'
import { raw } from '../../src/codec/raw.js'
import { codec } from '../../src/codec/index.js'
import { connect, sockets, type StandardSchema, type Undecodable } from '../../src/index.js'
import { dispatch, engine, host } from '../fake-bridge.js'
import { opened, readAll } from './opened.js'

const { warnings } = engine

afterEach(() => {
  warnings.length = 0
})

describe('a socket of values', () => {
  test('asks the host for what a socket of messages would', async () => {
    const { server } = await opened(json())
    expect(Object.keys(server.request)).not.toContain('codec')
    expect(server.request.url).toBe('ws://feed.example/')
  })

  test('sends and receives values', async () => {
    const { socket, server } = await opened(json())
    socket.send({ price: 1 })
    expect(server.sent).toEqual(['{"price":1}'])
    server.message('{"price":2}').message('null')
    await dispatch()
    expect(await socket.receive()).toEqual({ price: 2 })
    expect(await socket.receive()).toBeNull()
  })

  test('rejects when the connection fails, as one of messages does', async () => {
    const promise = connect('ws://feed.example/', { codec: json() })
    host.last.fail('EWS_CONNECT', 'refused').end(1006)
    await Promise.all([
      dispatch(),
      expect(promise).rejects.toMatchObject({ code: 'EWS_CONNECT', message: 'refused' }),
    ])
  })

  test('ends quietly after a closing handshake, and throws when it was lost', async () => {
    const first = await opened(json())
    first.server.message('1').end(1000)
    await dispatch()
    expect(await readAll(first.socket)).toEqual([1, 'end'])
    const second = await opened(json())
    second.server.message('1').end(1006)
    await dispatch()
    expect(await readAll(second.socket)).toEqual([
      1,
      expect.objectContaining({ code: 'EWS_CLOSED' }),
    ])
    await expect(second.socket.receive()).rejects.toMatchObject({ code: 'EWS_CLOSED' })
  })

  test('may be left and taken up again, without losing a value', async () => {
    const { socket, server } = await opened(json())
    server.message('1').message('2').message('3').end(1000)
    await dispatch()
    for await (const value of socket) if (value === 2) break
    expect(await readAll(socket)).toEqual([3, 'end'])
  })

  test('tells of its connection what that of messages does', async () => {
    const { socket, server } = await opened(json())
    expect(socket).toMatchObject({ url: 'ws://feed.example/', protocol: 'trades' })
    expect(socket).toMatchObject({ name: undefined, reconnecting: false, attachment: undefined })
    socket.attachment = Uint8Array.of(1)
    expect(server.attachment).toEqual(Uint8Array.of(1))
    const heard = vi.fn()
    socket.onReconnecting = heard
    socket.onReconnected = heard
    expect([socket.onReconnecting, socket.onReconnected]).toEqual([heard, heard])
    await socket.drained()
  })

  test('is closed by `await using`, and by close', async () => {
    const { socket, server } = await opened(json())
    const disposed = socket[Symbol.asyncDispose]()
    expect(server.closing).toEqual({ code: 1000, reason: '' })
    server.end(1000)
    await dispatch()
    await disposed
    expect(await socket.closed).toMatchObject({ code: 1000, wasClean: true })
    expect(await socket.close(3000, 'again')).toMatchObject({ code: 1000 })
  })

  test('can be made of a socket that there is already', async () => {
    const promise = connect('ws://feed.example/', { name: 'feed' })
    const server = host.last.open()
    await dispatch()
    await promise
    const plain = sockets.get('feed')
    if (plain === undefined) throw new Error('no socket has the name')
    const socket = json().wrap(plain)
    expect(socket.name).toBe('feed')
    server.message('[1]').end(1000)
    await dispatch()
    expect(await readAll(socket)).toEqual([[1], 'end'])
  })

  test('has what a codec of the author’s own makes of messages', async () => {
    const numbers = codec<number>({ name: 'numbers', encode: String, decode: Number })
    const { socket, server } = await opened(numbers)
    socket.send(5)
    server.message('7').end(1000)
    await dispatch()
    expect(server.sent).toEqual(['5'])
    expect(await readAll(socket)).toEqual([7, 'end'])
  })

  test('throws what the codec throws for a value that it cannot encode, and sends nothing', async () => {
    const { socket, server } = await opened(json())
    const circular: Record<string, unknown> = {}
    circular['self'] = circular
    for (const value of [undefined, () => {}, circular, 1n]) {
      expect(() => socket.send(value)).toThrow(TypeError)
    }
    expect(server.sent).toEqual([])
  })
})

describe('a message that cannot be decoded', () => {
  test('is kept as it came, and reading goes on with the next one', async () => {
    const failures: Undecodable[] = []
    const onUndecodable = (failure: Undecodable): unknown => failures.push(failure)
    const { socket, server } = await opened(json(), { onUndecodable })
    const bytes = Uint8Array.of(0x7b, 0xff)
    server.message('{"a":').message('1').message(bytes).message('2').end(1000)
    await dispatch()
    expect(await readAll(socket)).toEqual([1, 2, 'end'])
    expect(failures).toEqual([
      { message: '{"a":', error: expect.objectContaining({ code: 'EWS_DECODE' }) },
      { message: bytes, error: expect.objectContaining({ code: 'EWS_DECODE' }) },
    ])
    expect(failures[0]?.error.message).toMatch(/^json: /)
    expect(failures[0]?.error.cause).toBeInstanceOf(SyntaxError)
    expect(socket.undecodable).toBe(2)
    expect(warnings).toEqual([])
  })

  test('is passed over by receive, too', async () => {
    const { socket, server } = await opened(json(), { onUndecodable() {} })
    server.message('no').message('1')
    await dispatch()
    expect(await socket.receive()).toBe(1)
  })

  test('without a listener is counted, and the first one is a warning with its beginning', async () => {
    const { socket, server } = await opened(json())
    server
      .message(`no ${'x'.repeat(500)}`)
      .message(Uint8Array.of(0xff))
      .message('1')
      .end(1000)
    await dispatch()
    expect(await readAll(socket)).toEqual([1, 'end'])
    expect(socket.undecodable).toBe(2)
    expect(warnings).toHaveLength(1)
    const [line] = warnings
    expect(line).toContain('ws://feed.example/: a message is left out (json: ')
    expect(line).toContain(`It has 503 characters: "no ${'x'.repeat(97)}"…`)
  })

  test('of bytes is shown as bytes', async () => {
    const { socket, server } = await opened(json())
    server.message(Uint8Array.of(0xff, 0x0a)).message(new Uint8Array(100)).end(1000)
    await dispatch()
    await readAll(socket)
    expect(warnings[0]).toMatch(/It has 2 bytes: ff 0a$/)
  })

  test('ends the loop when the listener throws, and what comes behind can still be read', async () => {
    const onUndecodable = ({ error }: Undecodable): never => {
      throw error
    }
    const { socket, server } = await opened(json(), { onUndecodable })
    server.message('no').message('1')
    await dispatch()
    expect(await readAll(socket)).toEqual([expect.objectContaining({ code: 'EWS_DECODE' })])
    expect(await socket.receive()).toBe(1)
  })
})

/** Accepts numbers after a while: the larger, the sooner. */
const slow: StandardSchema<string> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    async validate(value) {
      if (typeof value !== 'number') return { issues: [{ message: 'no number', path: ['a', 0] }] }
      await new Promise((resolve) => setTimeout(resolve, 10 - value))
      if (value === 0) throw new RangeError('zero')
      return { value: `number ${value}` }
    },
  },
}

describe('a schema that takes its time', () => {
  test('keeps the order of messages, also when several are asked for at once', async () => {
    const promise = connect('ws://feed.example/', { codec: json(), schema: slow })
    const server = host.last.open()
    await dispatch()
    const socket = await promise
    const failures: Undecodable[] = []
    socket.onUndecodable = (failure) => failures.push(failure)
    const received = Promise.all([socket.receive(), socket.receive(), socket.receive()])
    server.message('1').message('"no"').message('0').message('9').message('5').message('7')
    server.end(1000)
    await dispatch()
    expect(await received).toEqual(['number 1', 'number 9', 'number 5'])
    expect(await readAll(socket)).toEqual(['number 7', 'end'])
    expect(failures).toEqual([
      {
        message: '"no"',
        error: expect.objectContaining({
          code: 'EWS_DECODE',
          message: 'json: the schema refuses the message: a.0: no number',
        }),
        issues: [{ message: 'no number', path: ['a', 0] }],
      },
      {
        message: '0',
        error: expect.objectContaining({ code: 'EWS_DECODE', message: 'json: zero' }),
      },
    ])
  })

  test('may throw whatever it likes', async () => {
    const validate = (): never => {
      throw Object.create(null)
    }
    const schema: StandardSchema<never> = {
      '~standard': { version: 1, vendor: 'test', validate },
    }
    const promise = connect('ws://feed.example/', { codec: json(), schema })
    const server = host.last.open()
    await dispatch()
    const socket = await promise
    const failures: string[] = []
    socket.onUndecodable = ({ error }) => failures.push(error.message)
    server.message('1').end(1000)
    await dispatch()
    expect(await readAll(socket)).toEqual(['end'])
    expect(failures).toEqual(['json: something other than an Error was thrown'])
  })

  test('applies to messages as they are, too', async () => {
    const promise = connect('ws://feed.example/', { codec: raw, schema: slow })
    const server = host.last.open()
    await dispatch()
    const socket = await promise
    server.message('text').end(1000)
    await dispatch()
    expect(await readAll(socket)).toEqual(['end'])
    expect(socket.undecodable).toBe(1)
  })
})
