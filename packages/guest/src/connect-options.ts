import type {
  AutoAnswerRequest,
  ConnectRequest,
  KeepAliveRequest,
  ListedMessage,
} from '@extism-ws/protocol'

export interface ConnectOptions {
  /** Subprotocols, most wanted first. Default: none. */
  readonly protocols?: string | readonly string[]
  /** Extra headers of the opening handshake; the host's policy may refuse some. Default: none. */
  readonly headers?: Record<string, string>
  /**
   * By which later calls find the socket: `sockets.get(name)`, also after a restart of the plugin. Only
   * one socket at a time can have it, from when it connects until it closes. At most 256 characters.
   * Default: none.
   */
  readonly name?: string
  /**
   * Whether the host connects again when the connection is lost: the socket stays open meanwhile, and a reader
   * of its messages notices nothing. `false` forbids it. The host decides whether it does, how often and after
   * which delays. Default: as the host likes.
   */
  readonly reconnect?: boolean | ReconnectOptions
  /**
   * A text message that the host sends at intervals, also while the plugin does nothing, for servers that want
   * to see one. The host sends pings of the protocol besides. Default: none.
   */
  readonly keepAlive?: KeepAlive
  /**
   * A text message that the host answers by itself: the plugin does not see it. Default: none.
   */
  readonly autoAnswer?: AutoAnswer
  /**
   * Whether the connection may be one that other plugins of the host listen to as well; the host decides.
   * Default: false.
   */
  readonly shared?: boolean
  /**
   * Whether the connection may be one that the host had opened before somebody asked for it; the host
   * decides. Default: false.
   */
  readonly warm?: boolean
}

/** How the host connects again; what is not named is the host's. */
export interface ReconnectOptions {
  /**
   * Whether the host keeps what is sent meanwhile, as far as it has room, and sends it when there is a
   * connection; otherwise `send` throws `EWS_LIMIT`. Default: true.
   */
  readonly queue?: boolean
  /**
   * Messages that the host sends first on every connection but the first one, in this order, such as
   * subscriptions: text, or bytes. At most 1,024, of 65,536 characters together; bytes count a third more.
   * Default: none.
   */
  readonly replay?: readonly (string | Uint8Array)[]
  /** Attempts in a row before the socket ends, from 1 on; the host may allow fewer. Default: the host's. */
  readonly attempts?: number
  /**
   * Close codes of the server, 1000 to 4999, after which the socket ends at once, besides the host's. At most
   * 256. Default: none.
   */
  readonly stopCodes?: readonly number[]
}

/** What the host sends at intervals; texts have at most 1,024 characters, times are 1 s to 24 hours. */
export type KeepAlive = KeepAliveRequest

/** A text message, and what the host answers; both have at most 1,024 characters. */
export type AutoAnswer = AutoAnswerRequest

/** As the host is asked; it is the host that checks it. */
export function requestOf(url: string | URL, options: ConnectOptions): ConnectRequest {
  const { protocols = [], headers, name, reconnect, keepAlive, autoAnswer, shared, warm } = options
  const request = {
    url: String(url),
    protocols: typeof protocols === 'string' ? [protocols] : protocols,
    headers,
    name,
    reconnect: listed(reconnect),
    keepAlive,
    autoAnswer,
    shared,
    warm,
  }
  // JSON leaves out what is undefined.
  return request as ConnectRequest
}

/** With bytes as JSON carries them. What is wrong is left to the host. */
function listed(reconnect: ConnectOptions['reconnect']): unknown {
  if (typeof reconnect !== 'object' || !Array.isArray(reconnect?.replay)) return reconnect
  return { ...reconnect, replay: reconnect.replay.map(listedMessage) }
}

function listedMessage(message: string | Uint8Array): ListedMessage {
  if (!(message instanceof Uint8Array)) return message
  let binary = ''
  for (const byte of message) binary += String.fromCharCode(byte)
  return { base64: btoa(binary) }
}
