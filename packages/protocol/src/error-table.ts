import type { ErrorCode } from './error-number.js'

interface ErrorEntry {
  /** What happened. */
  readonly meaning: string
  /** What to do next. */
  readonly remedy: string
}

/** What each error means. `docs/errors.md` is this table with the numbers; a test keeps them equal. */
export const errorTable = {
  EWS_DENIED: {
    meaning:
      "the host's policy does not let this plugin reach the URL, or send that header; or the integrator's function refuses the connection",
    remedy:
      "the integrator adds the URL's scheme, host and port to `sockets.allow`, or to `http.allow`; the message names the function",
  },
  EWS_BAD_URL: {
    meaning:
      'the URL cannot be parsed, or its scheme is not `ws:` or `wss:` (sockets), `http:` or `https:` (requests)',
    remedy: 'pass an absolute URL with the right scheme; for a socket without a fragment',
  },
  EWS_CONNECT: {
    meaning:
      'the TCP connection failed: refused, unreachable, lost during an HTTP request, or the name has no address; or `sockets.prepare` failed',
    remedy:
      "check that the server runs and that its name resolves; `message` has the system error, the host's log what `prepare` threw",
  },
  EWS_TIMEOUT: {
    meaning:
      'a connection attempt, an HTTP request, a host function, or one entry into the guest, took longer than its limit',
    remedy:
      'raise `sockets.connectTimeoutMs`, `http.timeoutMs`, `functionTimeoutMs` or `timeoutMs`, or do less work between two awaits',
  },
  EWS_TLS: {
    meaning:
      "the TLS handshake failed: the server's certificate was not accepted or is not pinned, or the server wants another of the client",
    remedy:
      'do what the message says: renew or correct the certificate, or have the integrator set `sockets.tls` (docs/operations.md)',
  },
  EWS_LIMIT: {
    meaning:
      'a limit of the host was reached: sockets, message bytes, send-buffer bytes; requests, their bytes, redirects',
    remedy: 'close what is not needed, wait for `drain`, or have the integrator raise the limit',
  },
  EWS_CLOSED: {
    meaning: 'the socket is closed or closing',
    remedy: 'connect again; `code` and `reason` of the close event say why it ended',
  },
  EWS_BAD_SOCKET: {
    meaning: 'no socket of this session has that id',
    remedy: 'use an id that `ws_connect` returned to this plugin, before its close event',
  },
  EWS_BAD_REQUEST: {
    meaning: 'an argument of a host function is malformed or out of bounds',
    remedy: 'see docs/abi.md for the layout of requests and records',
  },
  EWS_WOULD_BLOCK: {
    meaning: 'a host in `event` mode cannot wait inside a host function',
    remedy:
      "use the asynchronous API (`await connect(url)`), or have the integrator set `mode` to `'worker'` or `'jspi'`",
  },
  EWS_TOO_SMALL: {
    meaning: "the next event does not fit in the guest's block; it stays in the inbox",
    remedy: 'call again with a block of `needed` bytes',
  },
  EWS_UNSUPPORTED: {
    meaning: 'this host does not offer what the plugin was built for',
    remedy: 'rebuild with `--portable`, or load the plugin with `@extism-ws/host`',
  },
  EWS_HANDSHAKE: {
    meaning: 'the server answered the opening handshake with something other than 101',
    remedy: 'check path, headers and credentials; `status` is the HTTP status',
  },
  EWS_INTERNAL: {
    meaning: 'a defect in this toolkit, or a peer that breaks the contract',
    remedy: 'please report it with the message',
  },
  EWS_PROTOCOL: {
    meaning:
      'the server broke the WebSocket protocol or HTTP: a malformed frame or header, invalid UTF-8, a bad encoding',
    remedy: 'report it to whoever runs the server; `message` names the violation',
  },
  EWS_PLUGIN: {
    meaning: "the author's code threw, or its promise rejected",
    remedy: "read `message` and `stack`: they name the author's file, line and column",
  },
  EWS_NO_EXPORT: {
    meaning: 'the plugin has no exported function of that name',
    remedy: 'call one of the names listed in the message',
  },
  EWS_AMBIGUOUS_CALL: {
    meaning:
      '`Host.input*` or `Host.output*` was used after an await while several calls were pending',
    remedy: "use the call object, the export's last argument, or return the output",
  },
  EWS_TRAPPED: {
    meaning:
      'the Wasm instance trapped; its memory can no longer be trusted and it is never called again',
    remedy:
      'call again: unless the message says otherwise, the plugin was built anew; `cause` is the trap',
  },
  EWS_RESTARTED: {
    meaning: 'the plugin was built anew, on purpose, while the call was pending',
    remedy: 'call again; the new instance has the sockets of the old one',
  },
  EWS_HOST_FUNCTION: {
    meaning: "one of the integrator's own host functions threw, or its promise rejected",
    remedy: 'ask the integrator; `message` is that of what was thrown',
  },
  EWS_DISPOSED: {
    meaning: 'the plugin was disposed while the call was pending, or before it',
    remedy: 'do not dispose a plugin whose answer is awaited',
  },
  EWS_BAD_MODULE: {
    meaning: 'the file is not a Wasm module that this host can load within its limits',
    remedy: 'rebuild the plugin, or raise `memoryBytes`',
  },
  EWS_BUILD: {
    meaning: 'the compiler rejected the source',
    remedy: "the message names the author's file, line and column",
  },
  EWS_DECODE: {
    meaning:
      "a message of a socket with a codec cannot be decoded, or the author's schema refuses it",
    remedy:
      'set `onUndecodable` to see the message itself; `cause` is what the codec or the schema threw (docs/messages.md)',
  },
} as const satisfies Record<ErrorCode, ErrorEntry>
