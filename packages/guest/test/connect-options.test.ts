import { parseConnectRequest } from '@extism-ws/protocol'
import { afterEach, describe, expect, test } from 'vitest'

import { connect, type ConnectOptions } from '../src/index.js'
import { dispatch, host } from './fake-bridge.js'

const url = 'ws://feed.example/'

/** What the host is asked for besides the URL. */
function asked(options: ConnectOptions): Record<string, unknown> {
  void connect(url, options).catch(() => {})
  const { url: wanted, protocols, ...wishes } = host.last.request
  expect([wanted, protocols]).toEqual([url, []])
  return wishes
}

afterEach(async () => {
  host.endAll()
  await dispatch()
})

describe('what is wished of a connection', () => {
  test.each<ConnectOptions>([
    {},
    { reconnect: true },
    { reconnect: false },
    { reconnect: {} },
    { reconnect: { queue: false, attempts: 3, stopCodes: [4000] } },
    { reconnect: { replay: ['subscribe', ''] } },
    { keepAlive: { request: 'ping', intervalMs: 20_000 } },
    { keepAlive: { request: 'ping', answer: 'pong', intervalMs: 1000, timeoutMs: 2000 } },
    { autoAnswer: { request: 'ping', answer: 'pong' } },
    { shared: true, warm: false },
  ])('is asked of the host as it is: %j', (options) => {
    expect(asked(options)).toStrictEqual(options)
    expect(parseConnectRequest(JSON.stringify({ url, ...options }))).toStrictEqual({
      url,
      ...options,
    })
  })

  test('has bytes to replay as base64', () => {
    const all = Uint8Array.from({ length: 256 }, (_, byte) => byte)
    const replay = ['text', new Uint8Array(0), Uint8Array.of(255), all.subarray(1, 3), all]
    const wishes = asked({ reconnect: { queue: true, replay } })
    expect(wishes).toEqual({
      reconnect: {
        queue: true,
        replay: [
          'text',
          ...[new Uint8Array(0), [255], [1, 2], all].map((bytes) => ({
            base64: Buffer.from(bytes).toString('base64'),
          })),
        ],
      },
    })
    expect(() => parseConnectRequest(JSON.stringify({ url, ...wishes }))).not.toThrow()
  })

  test('is left out where it is undefined', () => {
    const nothing = { reconnect: undefined, keepAlive: undefined, headers: undefined }
    expect(asked(nothing as object)).toStrictEqual({})
  })

  test.each([
    ['reconnect', null],
    ['reconnect', { replay: 'subscribe' }],
    ['reconnect', { replay: [1] }],
    ['keepAlive', 'ping'],
  ])('goes to the host also when it is wrong, which says so: %s %j', (field, value) => {
    const wishes = asked({ [field]: value } as ConnectOptions)
    expect(wishes).toEqual({ [field]: value })
    expect(() => parseConnectRequest(JSON.stringify({ url, ...wishes }))).toThrow(`"${field}`)
  })

  test('is nothing else that the options hold', () => {
    const more = { shared: true, wait: true, url: 'ws://other.example/', id: 7 }
    expect(asked(more)).toStrictEqual({ shared: true })
  })
})
