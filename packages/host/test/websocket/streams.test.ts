import { expect } from 'vitest'

import { sentences } from './play.js'

const closed = (closeCode: number, reason = '') => ({ closeCode, reason })

// The WebSocketStream proposal to WHATWG WebSockets, as in the Web Platform Tests.
sentences('streams', [
  [
    'It carries text as strings and binary as Uint8Arrays, with the negotiated subprotocol',
    'echo',
    '/echo',
    [
      ...[true, 'second', '', 'text', [1, 2], [3, 0], []],
      closed(3456, 'pizza'),
      { done: true },
      'DOMException WebSocketError',
    ],
  ],
  [
    'close() sends code and reason; a reason alone has code 1000; nothing is an empty frame',
    'closesWith',
    '/echo',
    [closed(1005), closed(1005), closed(1005), closed(1000, 'non-empty'), closed(3000)],
  ],
  [
    'close() refuses other codes, long reasons and what is no object',
    'refusesToClose',
    '/echo',
    [
      ...Array<string>(4).fill('DOMException InvalidAccessError'),
      'DOMException SyntaxError',
      'TypeError',
    ],
  ],
  [
    'close() during the handshake rejects both promises',
    'closesWhileConnecting',
    '/silent',
    ['DOMException WebSocketError', 'DOMException WebSocketError'],
  ],
  [
    'The constructor refuses URLs and subprotocols as that of WebSocket does, and what is no signal or object',
    'refused',
    '',
    [...Array<string>(3).fill('DOMException SyntaxError'), ...Array<string>(5).fill('TypeError')],
  ],
  [
    'The signal gives the handshake up, with its reason, and does nothing later',
    'signals',
    '/echo',
    [...['RangeError', 'RangeError', 'DOMException AbortError', 'DOMException AbortError'], 3000],
  ],
  [
    'Closing the writable closes cleanly, behind what was written, and resolves when that is over',
    'endsByWriter',
    '/echo',
    [{ done: false, value: 'last' }, { done: true }, closed(1005)],
  ],
  [
    'Aborting the writable or cancelling the readable closes, with the code of a WebSocketError',
    'endsByStreams',
    '/echo',
    [closed(1005), closed(4000, 'mine'), closed(1005), closed(4000, 'mine'), closed(1005)],
  ],
  [
    'A lost connection fails both streams and closed, behind what was received',
    'lost',
    '/drop',
    [
      ['last words'],
      ...['WebSocketError', 1006, '', 'DOMException WebSocketError', 'DOMException WebSocketError'],
    ],
  ],
  [
    'A connection that never comes about rejects both promises',
    'never',
    'raw:/forbidden',
    [
      ['WebSocketError', 1006],
      ['WebSocketError', 1006],
    ],
  ],
  [
    'A fast server is held back while nobody reads, and nothing is lost',
    'readsSlowly',
    '/push?count=3000&size=4000',
    [3000, true, closed(1000, 'done')],
  ],
  [
    'It closes cleanly although much has not been read',
    'closesUnread',
    '/push?count=3000&size=4000',
    closed(3000),
  ],
  ['Writes wait while the send buffer is full', 'writesMuch', '/sink', closed(1005)],
  [
    'WebSocketError is a DOMException with a close code and a reason, which it checks',
    'errorClass',
    '',
    [
      ...[true, 'WebSocketError', 'm', 3000, 'r', 0, ['', null, ''], 1000],
      ...['DOMException InvalidAccessError', 'DOMException SyntaxError'],
    ],
  ],
  ['drained() of a socket says when to send again', 'drained', '/sink', expect.any(Boolean)],
])
