/* oxlint-disable unicorn/prefer-add-event-listener -- the `on*` attributes are part of what is tested */
import { EwsError } from '@extism-ws/protocol'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { WebSocket } from '../../src/index.js'
import { dispatch, engine, host } from '../fake-bridge.js'
import { connecting, named, opened } from './connecting.js'

beforeEach(() => {
  engine.reports.length = 0
})

afterEach(async () => {
  host.endAll()
  await dispatch()
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
