/* oxlint-disable unicorn/prefer-add-event-listener -- the `on*` attributes are part of what is tested */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { WebSocket } from '../../src/index.js'
import { dispatch, engine, host } from '../fake-bridge.js'
import { connecting, opened } from './connecting.js'

beforeEach(() => {
  engine.reports.length = 0
})

afterEach(async () => {
  host.endAll()
  await dispatch()
})

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

  test('of a reconnect, which the standard does not have, change nothing', async () => {
    const { ws, server, heard } = await opened()
    server.lose().regain({ protocol: 'other' }).message('x')
    await dispatch()
    expect(heard).toEqual(['message 1'])
    expect([ws.protocol, ws.readyState]).toEqual(['', WebSocket.OPEN])
    expect(engine.takeReports()).toEqual([])
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
