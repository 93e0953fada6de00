import { sentences } from './play.js'

// WHATWG WebSockets §3.1, `send` and `bufferedAmount`.
sentences('sending', [
  [
    'If the state is CONNECTING, throw an "InvalidStateError"; nothing is buffered',
    'whileConnecting',
    '/silent',
    [
      'DOMException InvalidStateError',
      'DOMException InvalidStateError',
      'TypeError',
      0,
      'error 3',
      'close 3 1006',
    ],
  ],
  [
    'A string is sent as a text frame, as a USVString',
    'strings',
    '/echo',
    ['', 'ascii', 'é€😀', 'a\ufffdb\ufffd', '\ufeffbom', 'a\0b'],
  ],
  [
    'What is neither a string nor binary is sent as its text',
    'others',
    '/echo',
    ['42', 'null', 'undefined', 'true', 'object', '1,2'],
  ],
  ['What has no text is a TypeError', 'symbol', '/echo', 'TypeError'],
  [
    'Of an ArrayBuffer all bytes are sent, of a view those that it references',
    'buffers',
    '/echo',
    [
      [],
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
      [2, 3, 4],
      [1, 2],
      [2, 3, 4, 5],
      [0, 0, 0, 0, 0, 0, 0, 0],
      [11],
    ],
  ],
  ['Of a Blob its raw data is sent', 'blobs', '/echo', [[], [97, 195, 164, 1], [50, 51]]],
  ['Messages are sent in order, whatever they are made of', 'order', '/echo', [1, '2', 3, 4]],
  [
    'The data is that of the call, whatever becomes of the buffer',
    'changedAfterwards',
    '/echo',
    [1, 2],
  ],
  [
    'bufferedAmount has all bytes that were sent in the task, without framing, until they are transmitted',
    'buffered',
    '/echo',
    [0, 6, 6, 16, 22, 27, 0],
  ],
  [
    'Any send that does not throw increases bufferedAmount, also when closing or closed, and it is not reset',
    'bufferedWhileClosing',
    '/echo',
    [5, 5, 9, 'nothing'],
  ],
  [
    'If the data cannot be sent because the buffer is full, flag the WebSocket as full and close it',
    'full',
    '/sink',
    [true, 2, true, 'error 3', 'close 3 1006'],
  ],
])

// The limit of the send buffer is the default, as the messages are.
sentences(
  'sending',
  [
    [
      'A hundred thousand messages right after the open event arrive, in order',
      'hundredThousand',
      '/echo',
      [100_000, true],
    ],
  ],
  { sendBufferBytes: 2 ** 24 },
)
