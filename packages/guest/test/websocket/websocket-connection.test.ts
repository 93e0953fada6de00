/* oxlint-disable unicorn/prefer-add-event-listener -- the `on*` attributes are part of what is tested */
import { EwsError } from '@extism-ws/protocol'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { WebSocket } from '../../src/index.js'
import { dispatch, engine, host, type FakeConnection } from '../fake-bridge.js'

beforeEach(() => {
  engine.reports.length = 0
})

afterEach(async () => {
  host.endAll()
  await dispatch()
})

/** A socket that is connecting, its connection, and what it tells: type and readyState. */
function connecting(): { ws: WebSocket; server: FakeConnection; heard: string[] } {
  const ws = new WebSocket('ws://feed.example/')
  const heard: string[] = []
  for (const type of ['open', 'message', 'error', 'close'] as const) {
    ws.addEventListener(type, () => heard.push(`${type} ${ws.readyState}`))
  }
  return { ws, server: host.last, heard }
}

async function opened(): Promise<ReturnType<typeof connecting>> {
  const { ws, server, heard } = connecting()
  server.open()
  await dispatch()
  heard.length = 0
  return { ws, server, heard }
}

function named(name: string): unknown {
  return expect.objectContaining({ name })
}

describe('events', () => {
  test('come in order, with the state they stand for', async () => {
    const { ws, server, heard } = connecting()
    server.open({ protocol: 'v2', extensions: 'x' }).message('one').message('two').end(1000)
    expect(ws.readyState).toBe(WebSocket.CONNECTING)
    await dispatch()
    expect(heard).toEqual(['open 1', 'message 1', 'message 1', 'close 3'])
    expect(ws).toMatchObject({ protocol: 'v2', extensions: 'x', readyState: 3 })
  })

  test('carry text as a string and binary as an ArrayBuffer, with the origin', async () => {
    const { ws, server } = await opened()
    const messages: unknown[] = []
    ws.binaryType = 'arraybuffer'
    ws.onmessage = ({ data, origin }) => messages.push([data, origin])
    server.message('héllo').message(Uint8Array.of(1, 2)).message(new Uint8Array(0))
    await dispatch()
    expect(messages).toEqual([
      ['héllo', 'ws://feed.example'],
      [Uint8Array.of(1, 2).buffer, 'ws://feed.example'],
      [new ArrayBuffer(0), 'ws://feed.example'],
    ])
  })

  test('of the close carry code, reason and whether it was clean', async () => {
    const { ws, server } = await opened()
    const closes: unknown[] = []
    ws.onclose = ({ code, reason, wasClean }) => closes.push({ code, reason, wasClean })
    server.end(4001, 'bye')
    await dispatch()
    expect(closes).toEqual([{ code: 4001, reason: 'bye', wasClean: true }])
  })

  test('of a close without a code have 1005', async () => {
    const { ws, server } = await opened()
    const codes: number[] = []
    ws.onclose = ({ code }) => codes.push(code)
    server.end(0, '', true)
    await dispatch()
    expect(codes).toEqual([1005])
  })

  test('of a lost connection are an error and a close with 1006', async () => {
    const { ws, server, heard } = await opened()
    const closes: unknown[] = []
    ws.onclose = ({ code, wasClean }) => closes.push({ code, wasClean })
    server.end(1006)
    await dispatch()
    expect(heard).toEqual(['error 3', 'close 3'])
    expect(closes).toEqual([{ code: 1006, wasClean: false }])
  })

  test('of a failure come when it is over: error with its reason, then close', async () => {
    const { ws, server, heard } = await opened()
    const errors: unknown[] = []
    ws.addEventListener('error', (event) => errors.push(event.error))
    server.fail('EWS_PROTOCOL', 'malformed frame')
    await dispatch()
    server.end(1006)
    await dispatch()
    expect(heard).toEqual(['error 3', 'close 3'])
    expect(errors).toEqual([expect.objectContaining({ code: 'EWS_PROTOCOL' })])
  })

  test('of a connection that never opened are error and close', async () => {
    const { server, heard } = connecting()
    server.fail('EWS_CONNECT', 'refused').end(1006)
    await dispatch()
    expect(heard).toEqual(['error 3', 'close 3'])
  })

  test('closing in an error handler does no harm', async () => {
    const { ws, server, heard } = connecting()
    ws.onerror = () => ws.close()
    server.fail('EWS_CONNECT', 'refused').end(1006)
    await dispatch()
    expect(heard).toEqual(['error 3', 'close 3'])
    expect(engine.reports).toEqual([])
  })

  test('of draining are nothing to the standard', async () => {
    const { server, heard } = await opened()
    server.drain()
    await dispatch()
    expect(heard).toEqual([])
  })
})

describe('on* attributes', () => {
  test.each(['onopen', 'onmessage', 'onerror', 'onclose'] as const)(
    '%s is null until it is set, and takes functions and objects',
    (name) => {
      const { ws } = connecting()
      expect(ws[name]).toBeNull()
      const handler = (): void => {}
      ws[name] = handler
      expect(ws[name]).toBe(handler)
      ws[name] = 'text' as never
      expect(ws[name]).toBeNull()
      const object = { handleEvent() {} }
      ws[name] = object as never
      expect(ws[name]).toBe(object)
    },
  )

  test('a new handler replaces the old one', async () => {
    const { ws, server } = await opened()
    const heard: string[] = []
    ws.onmessage = () => heard.push('old')
    ws.onmessage = () => heard.push('new')
    server.message('x')
    await dispatch()
    ws.onmessage = null
    server.message('x')
    await dispatch()
    expect(heard).toEqual(['new'])
  })

  test('a new handler keeps the place of the old one among the listeners', async () => {
    const { ws, server } = await opened()
    const heard: string[] = []
    ws.onmessage = () => heard.push('old')
    ws.addEventListener('message', () => heard.push('listener'))
    ws.onmessage = () => heard.push('new')
    server.message('x')
    await dispatch()
    expect(heard).toEqual(['new', 'listener'])
  })

  test('a handler and a listener are two, even if they are the same function', async () => {
    const { ws, server } = await opened()
    let count = 0
    const listener = (): unknown => count++
    ws.addEventListener('message', listener)
    ws.onmessage = listener
    server.message('x')
    await dispatch()
    expect(count).toBe(2)
    ws.onmessage = null
    server.message('x')
    await dispatch()
    expect(count).toBe(3)
  })

  test('a handler has the socket as `this`', async () => {
    const { ws, server } = connecting()
    const seen: unknown[] = []
    ws.onopen = function (this: unknown) {
      seen.push(this)
    }
    server.open()
    await dispatch()
    expect(seen).toEqual([ws])
  })
})

describe('listeners', () => {
  test('that throw are reported, and the others still hear the event', async () => {
    const { ws, server } = connecting()
    const heard: string[] = []
    ws.onopen = () => {
      throw new Error('from the handler')
    }
    ws.addEventListener('open', () => {
      throw new Error('from a listener')
    })
    ws.addEventListener('open', { handleEvent: () => heard.push('object') })
    ws.addEventListener('open', () => heard.push('once'), { once: true })
    server.open().message('x')
    ws.addEventListener('message', () => heard.push('message'))
    await dispatch()
    expect(heard).toEqual(['object', 'once', 'message'])
    expect(engine.takeReports()).toEqual(['from the handler', 'from a listener'])
  })
})

describe('send', () => {
  test('throws an InvalidStateError while connecting', () => {
    const { ws } = connecting()
    expect(() => ws.send('x')).toThrow(named('InvalidStateError'))
  })

  test('sends text as text, bytes as binary and anything else as its text', async () => {
    const { ws, server } = await opened()
    ws.send('héllo')
    ws.send('')
    ws.send(Uint8Array.of(9, 1, 2).subarray(1))
    ws.send(Uint8Array.of(3).buffer)
    ws.send(new DataView(Uint8Array.of(9, 4).buffer, 1))
    ws.send(42 as never)
    expect(server.sent).toEqual([
      'héllo',
      '',
      Uint8Array.of(1, 2),
      Uint8Array.of(3),
      Uint8Array.of(4),
      '42',
    ])
  })

  test('drops silently what comes while closing and after the close', async () => {
    const { ws, server } = await opened()
    ws.close()
    ws.send('while closing')
    server.end(1000)
    await dispatch()
    ws.send('after the close')
    expect(server.sent).toEqual([])
  })

  test('drops silently what comes when the connection has ended and its event waits', async () => {
    const { ws, server } = await opened()
    server.end(1006)
    expect(ws.readyState).toBe(WebSocket.OPEN)
    ws.send('x')
    expect(server.sent).toEqual([])
  })

  test('drops silently an answer to the last message before the end', async () => {
    const { ws, server, heard } = await opened()
    ws.onmessage = () => ws.send('answer')
    server.message('bye').end(1000)
    await dispatch()
    expect(heard).toEqual(['message 1', 'close 3'])
    expect(engine.reports).toEqual([])
  })

  test('fails the connection when the buffer of the host is full', async () => {
    const { ws, server, heard } = await opened()
    const closes: unknown[] = []
    ws.onclose = ({ code, reason, wasClean }) => closes.push({ code, reason, wasClean })
    host.refusal = new EwsError('EWS_LIMIT', 'wait for drain')
    ws.send('äx')
    expect(ws.readyState).toBe(WebSocket.CLOSING)
    expect(ws.bufferedAmount).toBe(3)
    expect(server.closing).toEqual({ code: 0, reason: '' })
    server.end(1005, '', true)
    await dispatch()
    expect(heard).toEqual(['error 3', 'close 3'])
    expect(closes).toEqual([{ code: 1006, reason: '', wasClean: false }])
  })

  test('replaces lone surrogates', async () => {
    const { ws, server } = await opened()
    ws.send('a\ud800b')
    expect(server.sent).toEqual(['a\ufffdb'])
  })

  test('counts what can never be sent as buffered', async () => {
    const { ws, server } = await opened()
    ws.close()
    ws.send('héllo')
    ws.send(new Uint8Array(4))
    server.end(1000)
    await dispatch()
    ws.send('x')
    expect(ws.bufferedAmount).toBe(11)
  })
})

describe('close', () => {
  test('starts the closing handshake, and the end comes with its event', async () => {
    const { ws, server, heard } = await opened()
    ws.close(3001, 'done')
    expect(server.closing).toEqual({ code: 3001, reason: 'done' })
    expect(ws.readyState).toBe(WebSocket.CLOSING)
    await dispatch()
    expect(heard).toEqual([])
    server.end(3001, 'done')
    await dispatch()
    expect(heard).toEqual(['close 3'])
  })

  test('sends no code by default', async () => {
    const { ws, server } = await opened()
    ws.close()
    expect(server.closing).toEqual({ code: 0, reason: '' })
  })

  test.each([1000, 3000, 4999])('takes code %i', async (code) => {
    const { ws, server } = await opened()
    ws.close(code)
    expect(server.closing?.code).toBe(code)
  })

  test.each([0, 999, 1001, 1005, 1006, 2999, 5000, -1, Number.NaN])(
    'throws an InvalidAccessError for code %d, and stays open',
    async (code) => {
      const { ws, server } = await opened()
      expect(() => ws.close(code)).toThrow(named('InvalidAccessError'))
      expect(ws.readyState).toBe(WebSocket.OPEN)
      expect(server.closing).toBeUndefined()
    },
  )

  test('takes a reason of 123 bytes, and throws a SyntaxError for a longer one', async () => {
    const { ws, server } = await opened()
    expect(() => ws.close(1000, 'x'.repeat(124))).toThrow(named('SyntaxError'))
    expect(() => ws.close(1000, 'é'.repeat(62))).toThrow(named('SyntaxError'))
    expect(ws.readyState).toBe(WebSocket.OPEN)
    ws.close(1000, `${'é'.repeat(61)}x`)
    expect(server.closing?.reason).toHaveLength(62)
  })

  test('checks its arguments even when the socket is closed', async () => {
    const { ws, server } = await opened()
    server.end(1000)
    await dispatch()
    expect(() => ws.close(1)).toThrow(named('InvalidAccessError'))
  })

  test('called again does nothing', async () => {
    const { ws, server, heard } = await opened()
    ws.close(3001)
    ws.close(3002)
    server.end(3001)
    await dispatch()
    ws.close()
    expect(server.closing?.code).toBe(3001)
    expect(ws.readyState).toBe(WebSocket.CLOSED)
    expect(heard).toEqual(['close 3'])
  })

  test('messages that come while closing are not delivered', async () => {
    const { ws, server, heard } = await opened()
    ws.close()
    server.message('late').end(1000)
    await dispatch()
    expect(heard).toEqual(['close 3'])
  })

  test('does nothing new when the connection has ended and its event waits', async () => {
    const { ws, server, heard } = await opened()
    ws.onmessage = () => ws.close(1000)
    server.message('bye').end(1000)
    await dispatch()
    expect(heard).toEqual(['message 1', 'close 3'])
    expect(engine.reports).toEqual([])
  })

  test('while connecting is an error event and a close with 1006, and never opens', async () => {
    const { ws, server, heard } = connecting()
    const closes: unknown[] = []
    ws.onclose = ({ code, wasClean }) => closes.push({ code, wasClean })
    ws.close()
    expect(ws.readyState).toBe(WebSocket.CLOSING)
    expect(heard).toEqual([])
    server.end(1006)
    await dispatch()
    expect(heard).toEqual(['error 3', 'close 3'])
    expect(closes).toEqual([{ code: 1006, wasClean: false }])
  })

  test('while connecting is the same when the server has just accepted', async () => {
    const { ws, server, heard } = connecting()
    const closes: unknown[] = []
    ws.onclose = ({ code, wasClean }) => closes.push({ code, wasClean })
    server.open()
    ws.close(1000)
    server.message('welcome').end(1000)
    await dispatch()
    expect(heard).toEqual(['error 3', 'close 3'])
    expect(closes).toEqual([{ code: 1006, wasClean: false }])
  })
})
