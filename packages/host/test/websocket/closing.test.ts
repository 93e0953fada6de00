import { sentences } from './play.js'

// WHATWG WebSockets §3.1, `close`.
sentences('closing', [
  [
    'If the code is neither 1000 nor 3000 to 4999, clamped, throw an "InvalidAccessError"',
    'badCodes',
    '/echo',
    ['DOMException InvalidAccessError', 'TypeError', 'TypeError', 1],
  ],
  [
    'If the code is present, it is that of the Close frame; it is clamped and rounded',
    'codes',
    '/echo',
    [1000, 3000, 4999, 4000, 3000, 4999].map((code) => [2, code, '', true]),
  ],
  [
    'If neither code nor reason is present, the Close frame has no body',
    'nothing',
    '/echo',
    [1, 2, 3].map(() => [2, 1005, '', true]),
  ],
  [
    'The reason is sent behind the code, as a USVString; without a code that is 1000',
    'reasons',
    '/echo',
    [
      [2, 3001, 'enough', true],
      [2, 3001, 'é'.repeat(61), true],
      [2, 3001, 'a\ufffd', true],
      [2, 1000, 'only a reason', true],
      [2, 3001, 'null', true],
    ],
  ],
  [
    'If the reason is longer than 123 bytes, throw a "SyntaxError", and stay open',
    'longReasons',
    '/echo',
    [
      'DOMException SyntaxError',
      'DOMException SyntaxError',
      'DOMException SyntaxError',
      'DOMException InvalidAccessError',
      1,
    ],
  ],
  [
    'If the connection is not yet established, fail it and set the state to CLOSING',
    'whileConnecting',
    '/silent',
    [2, 'error 3', 'close 3 1006'],
  ],
  [
    'It does so also when the server would have answered',
    'whileConnecting',
    '/echo',
    [2, 'error 3', 'close 3 1006'],
  ],
  [
    'It may be called as soon as the connection is open',
    'inOpenHandler',
    '/echo',
    ['open 1', 'close 3 3000 clean'],
  ],
  [
    'If the state is CLOSING or CLOSED, do nothing but check the arguments',
    'twice',
    '/echo',
    [
      'close 3 3000 first clean',
      'DOMException InvalidAccessError',
      'DOMException InvalidAccessError',
      3,
    ],
  ],
  ['Closing in the close event does nothing', 'inCloseHandler', '/echo', 1],
  [
    'It does not discard previously sent messages',
    'afterSending',
    '/close-on-message',
    ['close 3 3001 as you wish clean'],
  ],
  [
    'A close frame of the server ends the connection cleanly, with its code and reason',
    'byServer',
    '/close-on-message',
    ['close 3 4321 as you wish clean'],
  ],
])
