import { errnos, type ErrorCode } from './errno.js'

interface ErrorEntry {
  /** See `errnos`. */
  readonly errno: number
  /** What happened. */
  readonly meaning: string
  /** What to do next. */
  readonly remedy: string
}

/** Every error of this toolkit. `docs/errors.md` is this table; a test keeps them equal. */
export const errorTable = {
  EWS_DENIED: {
    errno: errnos.EWS_DENIED,
    meaning: "the host's policy does not let this plugin reach the URL, or send that header",
    remedy: "the integrator adds the URL's scheme, host and port to `sockets.allow`",
  },
  EWS_BAD_URL: {
    errno: errnos.EWS_BAD_URL,
    meaning: 'the URL cannot be parsed, or its scheme is not `ws:` or `wss:`',
    remedy: 'pass an absolute `ws://` or `wss://` URL without a fragment',
  },
  EWS_CONNECT: {
    errno: errnos.EWS_CONNECT,
    meaning: 'the TCP connection failed: refused, unreachable, or the name has no address',
    remedy: 'check that the server runs and that its name resolves; `message` has the system error',
  },
  EWS_TIMEOUT: {
    errno: errnos.EWS_TIMEOUT,
    meaning: 'a connection attempt, or one entry into the guest, took longer than its limit',
    remedy: 'raise `sockets.connectTimeoutMs` or `timeoutMs`, or do less work between two awaits',
  },
  EWS_TLS: {
    errno: errnos.EWS_TLS,
    meaning: "the server's certificate was not accepted",
    remedy: 'renew or correct the certificate; certificates are always verified',
  },
  EWS_LIMIT: {
    errno: errnos.EWS_LIMIT,
    meaning: 'a limit of the host was reached: sockets, message bytes, send-buffer bytes',
    remedy: 'close what is not needed, wait for `drain`, or have the integrator raise the limit',
  },
  EWS_CLOSED: {
    errno: errnos.EWS_CLOSED,
    meaning: 'the socket is closed or closing',
    remedy: 'connect again; `code` and `reason` of the close event say why it ended',
  },
  EWS_BAD_SOCKET: {
    errno: errnos.EWS_BAD_SOCKET,
    meaning: 'no socket of this session has that id',
    remedy: 'use an id that `ws_connect` returned to this plugin, before its close event',
  },
  EWS_BAD_REQUEST: {
    errno: errnos.EWS_BAD_REQUEST,
    meaning: 'an argument of a host function is malformed or out of bounds',
    remedy: 'see docs/abi.md for the layout of requests and records',
  },
  EWS_WOULD_BLOCK: {
    errno: errnos.EWS_WOULD_BLOCK,
    meaning: 'a host in `event` mode cannot wait inside a host function',
    remedy: 'use the asynchronous API (`await connect(url)`), or a mode that can wait',
  },
  EWS_TOO_SMALL: {
    errno: errnos.EWS_TOO_SMALL,
    meaning: "the next event does not fit in the guest's block; it stays in the inbox",
    remedy: 'call again with a block of `needed` bytes',
  },
  EWS_UNSUPPORTED: {
    errno: errnos.EWS_UNSUPPORTED,
    meaning: 'this host does not offer what the plugin was built for',
    remedy: 'rebuild with `--portable`, or load the plugin with `@extism-ws/host`',
  },
  EWS_HANDSHAKE: {
    errno: errnos.EWS_HANDSHAKE,
    meaning: 'the server answered the opening handshake with something other than 101',
    remedy: 'check path, headers and credentials; `status` is the HTTP status',
  },
  EWS_INTERNAL: {
    errno: errnos.EWS_INTERNAL,
    meaning: 'a defect in this toolkit, or a peer that breaks the contract',
    remedy: 'please report it with the message',
  },
  EWS_PROTOCOL: {
    errno: errnos.EWS_PROTOCOL,
    meaning: 'the server broke the WebSocket protocol: a malformed frame, invalid UTF-8',
    remedy: 'report it to whoever runs the server; `message` names the violation',
  },
  EWS_PLUGIN: {
    errno: errnos.EWS_PLUGIN,
    meaning: "the author's code threw, or its promise rejected",
    remedy: "read `message` and `stack`: they name the author's file, line and column",
  },
  EWS_NO_EXPORT: {
    errno: errnos.EWS_NO_EXPORT,
    meaning: 'the plugin has no exported function of that name',
    remedy: 'call one of the names listed in the message',
  },
  EWS_AMBIGUOUS_CALL: {
    errno: errnos.EWS_AMBIGUOUS_CALL,
    meaning:
      '`Host.input*` or `Host.output*` was used after an await while several calls were pending',
    remedy: "use the call object, the export's last argument, or return the output",
  },
  EWS_TRAPPED: {
    errno: errnos.EWS_TRAPPED,
    meaning:
      'the Wasm instance trapped; its memory can no longer be trusted and it is never called again',
    remedy: 'create the plugin anew; `cause` is the trap',
  },
  EWS_DISPOSED: {
    errno: errnos.EWS_DISPOSED,
    meaning: 'the plugin was disposed while the call was pending, or before it',
    remedy: 'do not dispose a plugin whose answer is awaited',
  },
  EWS_BAD_MODULE: {
    errno: errnos.EWS_BAD_MODULE,
    meaning: 'the file is not a Wasm module that this host can load within its limits',
    remedy: 'rebuild the plugin, or raise `memoryBytes`',
  },
  EWS_BUILD: {
    errno: errnos.EWS_BUILD,
    meaning: 'the compiler rejected the source',
    remedy: "the message names the author's file, line and column",
  },
} as const satisfies Record<ErrorCode, ErrorEntry>
