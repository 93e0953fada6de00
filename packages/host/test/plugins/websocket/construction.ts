import { heard, named, opened, thrown } from './observe.js'

const make = (...args: unknown[]): WebSocket =>
  Reflect.construct(WebSocket, args) as unknown as WebSocket

/** Makes one that nobody answers, and gives it up. */
function made(...args: unknown[]): string {
  const socket = make(...args)
  socket.close()
  return socket.url
}

export const notUrls = () =>
  ['', '/relative', 'relative', '//host/', 'ws://', 'ws:// /', 'ws://a:99999/', 'http://'].map(
    (url) => thrown(() => make(url)),
  )

export const otherSchemes = () =>
  ['ftp://a/', 'file:///a', 'about:blank', 'mailto:a@b', 'javascript:1', 'blob:ws://a/b'].map(
    (url) => thrown(() => make(url)),
  )

export const fragments = () =>
  ['ws://a/#b', 'ws://a/#', 'wss://a?b#c', 'http://a/#b'].map((url) => thrown(() => make(url)))

export const httpSchemes = () =>
  [
    'http://a.example/b?c',
    'https://a.example/',
    'HTTP://a.example:80',
    'https://a.example:443/',
  ].map((url) => made(url))

export const serialized = () =>
  [
    'WS://A.Example:80/b/../c?d',
    'wss://a.example:443',
    ' ws://a.example/ä ',
    'ws://a.example/\ud800',
    'ws://[::1]:8080/',
    'ws://1.2.3/',
    'ws://xn--nxasmq6b.example:81/',
  ].map((url) => made(url))

export const urlObject = () => made({ toString: () => 'ws://a.example/object' })

export const repeatedProtocols = () =>
  [
    ['a', 'a'],
    ['a', 'A'],
    ['chat', 'b', 'chat'],
  ].map((protocols) => thrown(() => make('ws://a/', protocols)))

export const notTokens = () =>
  ['', ' ', 'a b', 'a,b', 'a/b', 'a\tb', 'ä', '\u007f', 'a\0', '"a"', 'a;b', '{}', 'a\n'].map(
    (name) => thrown(() => make('ws://a/', name)),
  )

export const tokens = () =>
  ["!#$%&'*+-.^_`|~", 'chat', 'v1.chat', 'undefined'].map((name) =>
    thrown(() => made('ws://a.example/', name)),
  )

export const protocolForms = () =>
  [undefined, [], new Set(['a', 'b']), ['a', { toString: () => 'c' }], 'one', {}, 5, null].map(
    (protocols) => thrown(() => made('ws://a.example/', protocols)),
  )

/** The order of the steps: conversions, URL, protocols. */
export const order = () => {
  const seen: string[] = []
  const text = (value: string) => ({
    toString: () => {
      seen.push(value)
      return value
    },
  })
  const outcome = thrown(() => make(text('no URL'), [text('a b'), text('c')]))
  return [...seen, outcome, thrown(() => make('ws://a/#x', ['a b']))]
}

export const thrownByConversion = () => [
  thrown(() =>
    make({
      toString() {
        throw new RangeError('mine')
      },
    }),
  ),
  thrown(() => make(Symbol('url'))),
  thrown(() => make('ws://a/', Symbol('protocol'))),
]

export const initially = (url: string) => {
  const socket = make(url)
  const { readyState, protocol, extensions, bufferedAmount, binaryType } = socket
  socket.close()
  return [readyState, protocol, extensions, bufferedAmount, binaryType, socket.url]
}

export const withoutNew = () => [
  thrown(() => Reflect.apply(WebSocket as unknown as () => void, undefined, ['ws://a/'])),
  thrown(() => make()),
]

export const negotiated = async (url: string) => {
  const socket = await opened(url, ['first', 'second'])
  const { protocol, extensions } = socket
  const events = heard(socket)
  socket.close()
  await events
  return [protocol, extensions, socket.protocol]
}

/** What the host refuses fails later, as any connection does. */
export const refused = async () => {
  const socket = make('ws://refused.example/')
  const state = socket.readyState
  return [state, ...(await heard(socket))]
}

export const withUser = async (url: string) => {
  try {
    return await heard(make(url.replace('://', '://user:secret@')))
  } catch (error) {
    return named(error)
  }
}
