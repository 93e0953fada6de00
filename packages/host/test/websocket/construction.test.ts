import { expect } from 'vitest'

import { sentences } from './play.js'

const syntax = (count: number): string[] => Array<string>(count).fill('DOMException SyntaxError')
const none = (count: number): string[] => Array<string>(count).fill('nothing')

// WHATWG WebSockets §3.1, the constructor, and §2, obtaining a URL record and a connection.
sentences('construction', [
  [
    'If urlRecord is failure, then throw a "SyntaxError"; there is no base URL',
    'notUrls',
    '',
    syntax(8),
  ],
  ['If the scheme is not "ws" or "wss", then throw a "SyntaxError"', 'otherSchemes', '', syntax(6)],
  [
    'If the fragment is non-null, then throw a "SyntaxError", empty or not',
    'fragments',
    '',
    syntax(4),
  ],
  [
    'If the scheme is "http", set it to "ws"; if it is "https", set it to "wss"',
    'httpSchemes',
    '',
    ['ws://a.example/b?c', 'wss://a.example/', 'ws://a.example/', 'wss://a.example/'],
  ],
  [
    'The url getter returns the URL, serialized',
    'serialized',
    '',
    [
      'ws://a.example/c?d',
      'wss://a.example/',
      'ws://a.example/%C3%A4',
      'ws://a.example/%EF%BF%BD',
      'ws://[::1]:8080/',
      'ws://1.2.0.3/',
      'ws://xn--nxasmq6b.example:81/',
    ],
  ],
  [
    'The url is a USVString: objects are asked for their text',
    'urlObject',
    '',
    'ws://a.example/object',
  ],
  [
    'If any of the values in protocols occur more than once, without case, throw a "SyntaxError"',
    'repeatedProtocols',
    '',
    syntax(3),
  ],
  ['If a protocol is no token, throw a "SyntaxError"', 'notTokens', '', syntax(13)],
  ['Every character of a token may be in a protocol', 'tokens', '', none(4)],
  [
    'If protocols is a string, set it to a sequence of just that string; it may be any iterable',
    'protocolForms',
    '',
    [...none(5), 'DOMException SyntaxError', 'nothing', 'nothing'],
  ],
  [
    'Arguments are converted first, then the URL is parsed, then protocols are checked',
    'order',
    '',
    ['no URL', 'a b', 'c', 'DOMException SyntaxError', 'DOMException SyntaxError'],
  ],
  [
    'What a conversion throws is thrown',
    'thrownByConversion',
    '',
    ['RangeError', 'TypeError', 'TypeError'],
  ],
  [
    'It starts CONNECTING, with empty protocol and extensions, nothing buffered, and "blob"',
    'initially',
    '/silent',
    [0, '', '', 0, 'blob', expect.stringMatching(/^ws:.*\/silent$/)],
  ],
  ['It needs new, and a URL', 'withoutNew', '', ['TypeError', 'TypeError']],
  [
    'The protocol attribute becomes the subprotocol in use, and stays when it is closed',
    'negotiated',
    '/echo',
    ['second', '', 'second'],
  ],
  [
    'A connection that the host refuses fails in a later task',
    'refused',
    '',
    [0, 'error 3', 'close 3 1006'],
  ],
  [
    'A URL with a user, which the host does not take, fails in a later task',
    'withUser',
    '/echo',
    ['error 3', 'close 3 1006'],
  ],
])
