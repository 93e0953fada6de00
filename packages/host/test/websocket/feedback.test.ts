import { expect, it } from 'vitest'

import { sentences, type Sentence } from './play.js'

const lost = ['open 1', 'error 3', 'close 3 1006']
const never = ['error 3', 'close 3 1006']

/** Servers that break the protocol: the connection fails, and they are told why (RFC 6455 §7.4.1). */
const breaches: [string, string, number][] = [
  ['text that is not UTF-8', '/invalid-utf8', 1007],
  ['a close reason that is not UTF-8', '/reason-not-utf8', 1007],
  ['the close code 1005', '/close-1005', 1002],
  ['a close code below 1000', '/close-999', 1002],
  ['half a close code', '/close-one-byte', 1002],
  ['a frame above the limit', '/too-big', 1009],
  ['a masked frame', '/masked', 1002],
  ['reserved bits', '/reserved-bits', 1002],
  ['an unknown opcode', '/unknown-opcode', 1002],
  ['the continuation of nothing', '/stray-continuation', 1002],
  ['a long ping', '/long-ping', 1002],
]

const failures: Sentence[] = breaches.map(([what, path]) => [
  `A server that sends ${what} makes the connection fail: error, then close with 1006`,
  'listens',
  `raw:${path}`,
  lost,
])

// WHATWG WebSockets §4 (feedback from the protocol) and §6 (CloseEvent); RFC 6455 §7.
sentences(
  'feedback',
  [
    [
      'When the connection is established, the state is OPEN and open is fired; then messages; then close',
      'lives',
      '/echo',
      ['open 1', 'message 1 x', 'close 3 3000 enough clean'],
    ],
    [
      'Binary data is a Blob or an ArrayBuffer, as binaryType says',
      'binaryTypes',
      '/echo',
      [
        ['Blob', '', [1, 2, 3]],
        ['ArrayBuffer', [1, 2, 3]],
      ],
    ],
    [
      'binaryType counts as it is when the event is fired',
      'changedBinaryType',
      '/echo',
      ['[object Blob]', '[object ArrayBuffer]'],
    ],
    [
      "message is a MessageEvent with data and the URL's origin, trusted, that cannot be cancelled",
      'messageEvent',
      '/echo',
      [
        ...[true, '[object MessageEvent]', 'x', true, '', null, []],
        ...[false, false, false, true, true, true, []],
      ],
    ],
    [
      'close is a CloseEvent with code, reason and wasClean',
      'closeEvent',
      '/echo',
      [true, 'close', 3001, 'r', true, true, false, false],
    ],
    [
      'If the state is not OPEN, a message is dropped',
      'afterClose',
      '/echo',
      ['close 3 3000 clean'],
    ],
    [
      'error and close are fired in one task, promise jobs run behind each listener',
      'microtasks',
      'raw:/forbidden',
      [
        ...['one', 'after one', 'two', 'after two', 'close', 'after close'],
        ...['a task', 'a task', 'a task'],
      ],
    ],
    [
      'What listeners throw stops nobody',
      'throwing',
      '/echo',
      ['open 1', 'message 1 x', 'close 3 3000 clean'],
    ],
    [
      'error tells plugins why',
      'errorEvent',
      'raw:/forbidden',
      ['error', 'EWS_HANDSHAKE', true, []],
    ],
    [
      'A close frame without a code is 1005, and clean',
      'listens',
      '/close',
      ['open 1', 'close 3 1005 clean'],
    ],
    [
      'The reason is decoded without removing a byte order mark',
      'listens',
      'raw:/reason-with-bom',
      ['open 1', 'close 3 1000 \ufeffa clean'],
    ],
    [
      'Text is decoded without removing a byte order mark',
      'listens',
      'raw:/bom',
      ['open 1', 'message 1 \ufeffa', 'error 3', 'close 3 1006'],
    ],
    ...failures,
    [
      'A server that drops TCP without a close frame makes it fail, behind what it has sent',
      'listens',
      'raw:/drop',
      ['open 1', 'message 1 last words', 'error 3', 'close 3 1006'],
    ],
    ['So does one that drops it within a frame', 'listens', 'raw:/half-a-frame', lost],
    ['A handshake that ends in the middle is none', 'listens', 'raw:/half-a-handshake', never],
    ['Nor is one with a wrong Sec-WebSocket-Accept', 'listens', 'raw:/wrong-key', never],
    ['Nor is one without Upgrade', 'listens', 'raw:/no-upgrade', never],
    [
      'Nor is one with an extension that was not asked for',
      'listens',
      'raw:/unwanted-extension',
      never,
    ],
    [
      'Nor is one with a subprotocol, when none was wanted',
      'listens',
      'raw:/unwanted-protocol',
      never,
    ],
    ['Nor is one with another subprotocol', 'listensWithProtocol', 'raw:/unwanted-protocol', never],
    ['Nor is a redirect', 'listens', 'raw:/redirect', never],
    ['Nor is another status', 'listens', 'raw:/forbidden', never],
  ],
  {},
  (play, servers) => {
    it.each(breaches)('tells a server that sends %s why', async (_what, path, code) => {
      await play('listens', `raw:${path}`)
      expect(servers().raw.closeCodes.get(path)).toBe(code)
    })
  },
)
