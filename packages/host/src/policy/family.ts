/**
 * What a list is about: WebSockets, or HTTP requests. The rules are the same; schemes, headers and
 * words differ.
 */
export interface Family {
  /** The option with the patterns, for messages. */
  readonly option: string
  readonly secure: 'wss' | 'https'
  readonly plain: 'ws' | 'http'
  /** What a host of `allowedHosts` covers, which names no scheme. */
  readonly hostSchemes: readonly string[]
  /** For whom the schemes are, in a sentence such as "scheme x is not for WebSockets". */
  readonly purpose: string
  /** Whether a URL may have a fragment. It is never sent. */
  readonly fragments: boolean
  /** Headers that only the host itself sends, in lower case. */
  readonly reserved: ReadonlySet<string>
  readonly reservedPrefixes: readonly string[]
}

/** What frames or routes an HTTP message (RFC 9110 §7.6.1). */
const framing = [
  'host',
  'connection',
  'upgrade',
  'content-length',
  'transfer-encoding',
  'te',
  'trailer',
  'keep-alive',
]
/** `Sec-WebSocket-*` is the handshake's own. */
const reservedPrefixes = ['sec-websocket-', 'proxy-']

export const webSockets: Family = {
  option: 'sockets.allow',
  secure: 'wss',
  plain: 'ws',
  // Without TLS only where the integrator says so (docs/operations.md).
  hostSchemes: ['wss'],
  purpose: 'WebSockets',
  fragments: false,
  reserved: new Set(framing),
  reservedPrefixes,
}

export const httpRequests: Family = {
  option: 'http.allow',
  secure: 'https',
  plain: 'http',
  hostSchemes: ['https', 'http'],
  purpose: 'HTTP requests',
  fragments: true,
  // `Expect: 100-continue` makes the body wait; `HTTP2-Settings` belongs to an upgrade.
  reserved: new Set([...framing, 'expect', 'http2-settings']),
  reservedPrefixes,
}
