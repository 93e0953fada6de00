/* oxlint-disable unicorn/prefer-add-event-listener -- the `on*` attributes are part of what is tested */
import { EwsError } from '@extism-ws/protocol'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { WebSocket } from '../../src/index.js'
import * as globals from '../../src/websocket/globals.js'
import { dispatch, engine, host } from '../fake-bridge.js'

beforeEach(() => {
  engine.reports.length = 0
})

afterEach(async () => {
  host.endAll()
  await dispatch()
})

/** An error of the standard, by the name it has there. */
function named(name: string): unknown {
  return expect.objectContaining({ name })
}

test('the global is the same class', () => {
  expect(globals.WebSocket).toBe(WebSocket)
})

describe('the constructor', () => {
  test('starts connecting', () => {
    const ws = new WebSocket('wss://feed.example/btc?x=1', ['v2', 'v1'])
    expect(ws).toMatchObject({
      url: 'wss://feed.example/btc?x=1',
      readyState: WebSocket.CONNECTING,
      protocol: '',
      extensions: '',
      bufferedAmount: 0,
      binaryType: 'blob',
    })
    expect(host.last.request).toEqual({
      url: 'wss://feed.example/btc?x=1',
      protocols: ['v2', 'v1'],
      reconnect: false,
    })
  })

  test.each([
    ['ws://feed.example', 'ws://feed.example/'],
    ['WSS://Feed.Example/Path', 'wss://feed.example/Path'],
    ['  ws://feed.example/a  ', 'ws://feed.example/a'],
    ['ws://feed.example?x', 'ws://feed.example/?x'],
    ['ws://[::1]:8080/', 'ws://[::1]:8080/'],
    ['ws://feed.example:80/', 'ws://feed.example/'],
    ['ws://feed.example:443/', 'ws://feed.example:443/'],
    ['wss://feed.example:443/', 'wss://feed.example/'],
    ['http://feed.example/', 'ws://feed.example/'],
    ['https://feed.example:444/', 'wss://feed.example:444/'],
  ])('takes %s', (url, href) => {
    expect(new WebSocket(url).url).toBe(href)
    expect(host.last.request.url).toBe(href)
  })

  test('takes a URL object', () => {
    expect(new WebSocket(new URL('wss://feed.example/a')).url).toBe('wss://feed.example/a')
  })

  test.each([
    ['no URL at all', 'feed'],
    ['an empty text', ''],
    ['a relative URL', '/btc'],
    ['another scheme', 'ftp://feed.example/'],
    ['a scheme that has nothing to do with networks', 'javascript:alert(1)'],
    ['no host', 'ws://'],
    ['a space in the host', 'ws://feed example/'],
    ['a fragment', 'ws://feed.example/#top'],
    ['an empty fragment', 'ws://feed.example/#'],
  ])('throws a SyntaxError for %s', (_, url) => {
    expect(() => new WebSocket(url)).toThrow(named('SyntaxError'))
  })

  test('throws a SyntaxError for a port that is none', () => {
    expect(() => new WebSocket('ws://feed.example:99999/')).toThrow(named('SyntaxError'))
  })

  test('the errors of the standard are DOMExceptions where there are some', () => {
    expect(() => new WebSocket('feed')).toThrow(DOMException)
  })

  test.each([
    ['one as text', 'chat', ['chat']],
    ['several', ['v2.chat', 'v1-chat'], ['v2.chat', 'v1-chat']],
    ['every character of a token', "!#$%&'*+-.^_`|~09azAZ", ["!#$%&'*+-.^_`|~09azAZ"]],
    ['none', [], []],
  ])('takes subprotocols: %s', (_, protocols, asked) => {
    const ws = new WebSocket('ws://feed.example/', protocols)
    expect(ws.readyState).toBe(0)
    expect(host.last.request.protocols).toEqual(asked)
  })

  test.each([
    ['that repeat', ['chat', 'other', 'chat']],
    ['that differ in case only', ['chat', 'Chat']],
    ['that are empty', ''],
    ['with a space', 'my chat'],
    ['with a comma', 'a,b'],
    ['with a line break behind', 'chat\n'],
    ['with what is not ASCII', 'chät'],
    ['with a separator', ['fine', 'a/b']],
  ])('throws a SyntaxError for subprotocols %s', (_, protocols) => {
    expect(() => new WebSocket('ws://feed.example/', protocols)).toThrow(named('SyntaxError'))
  })

  test('without `new` is a TypeError', () => {
    expect(() => (WebSocket as unknown as (url: string) => void)('ws://feed.example/')).toThrow(
      TypeError,
    )
  })
})

describe('constants', () => {
  test('are on the class and on its instances', () => {
    const states = { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 }
    expect({ ...WebSocket }).toMatchObject(states)
    expect(new WebSocket('ws://feed.example/')).toMatchObject(states)
  })
})

describe('a refused connection', () => {
  test.each(['EWS_DENIED', 'EWS_LIMIT', 'EWS_BAD_REQUEST', 'EWS_BAD_URL'] as const)(
    '%s is an error event and then a close event, never an exception',
    async (code) => {
      host.refusal = new EwsError(code, 'the reason')
      const ws = new WebSocket('ws://feed.example/')
      const heard: unknown[] = []
      ws.onerror = (event) => heard.push([event.type, ws.readyState, event])
      ws.onclose = (event) => heard.push([event.type, ws.readyState, event])
      expect(ws.readyState).toBe(WebSocket.CONNECTING)
      expect(heard).toEqual([])
      await dispatch()
      expect(heard).toEqual([
        ['error', 3, expect.objectContaining({ error: expect.objectContaining({ code }) })],
        ['close', 3, expect.objectContaining({ code: 1006, reason: '', wasClean: false })],
      ])
    },
  )

  test('is heard by listeners that are added after an await', async () => {
    host.refusal = new EwsError('EWS_DENIED', 'the reason')
    const ws = new WebSocket('ws://feed.example/')
    const heard: string[] = []
    await Promise.resolve()
    ws.addEventListener('error', () => heard.push('error'))
    ws.addEventListener('close', () => heard.push('close'))
    await dispatch()
    expect(heard).toEqual(['error', 'close'])
  })

  test('may be closed by then', async () => {
    host.refusal = new EwsError('EWS_DENIED', 'the reason')
    const ws = new WebSocket('ws://feed.example/')
    const heard: string[] = []
    ws.onerror = () => heard.push('error')
    ws.onclose = () => heard.push('close')
    ws.close()
    expect(ws.readyState).toBe(WebSocket.CLOSING)
    await dispatch()
    expect(heard).toEqual(['error', 'close'])
    expect(ws.bufferedAmount).toBe(0)
  })
})

describe('bufferedAmount', () => {
  test('is what the host has not written yet', async () => {
    const ws = new WebSocket('ws://feed.example/')
    host.last.open().bufferedAmount = 4096
    await dispatch()
    expect(ws.bufferedAmount).toBe(4096)
    host.last.bufferedAmount = 0
    expect(ws.bufferedAmount).toBe(0)
  })

  test('can be asked for at any time', async () => {
    const ws = new WebSocket('ws://feed.example/')
    expect(ws.bufferedAmount).toBe(0)
    host.last.open().end(1000)
    const atClose: number[] = []
    ws.onopen = () => atClose.push(ws.bufferedAmount)
    ws.onclose = () => atClose.push(ws.bufferedAmount)
    await dispatch()
    expect(atClose).toEqual([0, 0])
  })
})
