import { sentences } from './play.js'

const constant = (value: number) => ({
  value,
  writable: false,
  enumerable: true,
  configurable: false,
})
const states = [0, 1, 2, 3].map(constant)
const handler = ['same', 'same', 'null', 'same', 'null', 'same', 'null', 'same', 'null', 'null']

// WHATWG WebSockets §3, the interface; WebIDL; HTML §8.1.8.1, event handlers; DOM §2, listeners.
sentences('attributes', [
  [
    'Constants are on the interface and on its prototype, and cannot be changed',
    'constantsOfBoth',
    '',
    [...states, ...states],
  ],
  [
    'WebSocket is an interface that inherits from EventTarget',
    'interfaceObject',
    '',
    ['WebSocket', 1, '[object WebSocket]', true, true, false, true],
  ],
  [
    'Attributes are accessors of the prototype and methods its members, all enumerable',
    'members',
    '',
    [
      'binaryType get set',
      'bufferedAmount get',
      'close method 0',
      'extensions get',
      'onclose get set',
      'onerror get set',
      'onmessage get set',
      'onopen get set',
      'protocol get',
      'readyState get',
      'send method 1',
      'url get',
    ],
  ],
  ['Members of anything else are TypeErrors', 'brands', '', ['TypeError']],
  [
    'url, readyState, bufferedAmount, extensions and protocol are read-only',
    'readOnly',
    '/silent',
    Array(5).fill('TypeError'),
  ],
  ['Instances have no properties of their own', 'ownProperties', '/silent', []],
  [
    'binaryType returns what it was set to; values that are not of the enumeration are ignored',
    'binaryType',
    '/silent',
    ['blob', ...Array<string>(7).fill('arraybuffer'), 'blob', 'TypeError'],
  ],
  [
    'Event handlers are null or an object, which need not be callable',
    'handlerValues',
    '/silent',
    [handler, handler, handler, handler],
  ],
  [
    'An event handler keeps its place among the listeners while it is replaced, not when it is emptied',
    'handlerOrder',
    '/echo',
    [
      'before',
      'replaced',
      'behind',
      '|',
      'before',
      'behind',
      'again',
      '|',
      'before',
      'behind',
      '|',
    ],
  ],
  [
    'An event handler is called with the event on the WebSocket, and false cancels; a listener cannot',
    'handlerCall',
    '/echo',
    [true, 1, 'message', false, true, true],
  ],
  [
    'Listeners may be objects, run once, capture, and end with a signal',
    'listeners',
    '/echo',
    ['capture', 'object', 'once', 'signal', 'capture', 'object'],
  ],
  ['It can be extended', 'subclass', '/echo', ['x', true, true]],
  ['Its instances are of the one EventTarget', 'classes', '/silent', [true, true, 3]],
])
