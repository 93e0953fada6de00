import { maxNameLength } from './abi.js'
import {
  parseAutoAnswer,
  parseKeepAlive,
  parseReconnect,
  wrong,
  type AutoAnswerRequest,
  type KeepAliveRequest,
  type ReconnectRequest,
} from './connection-options.js'
import { EwsError } from './error.js'
import { excerpt } from './excerpt.js'

/** What a guest asks for with `ws_connect`. */
export interface ConnectRequest {
  /** Absolute `ws:` or `wss:` URL. */
  readonly url: string
  /** Subprotocols, most wanted first. Default: none. */
  readonly protocols?: readonly string[]
  /** Extra headers of the opening handshake. Default: none. The host's policy may refuse some. */
  readonly headers?: Readonly<Record<string, string>>
  /** Whether `ws_connect` returns when the handshake is over, and not before. Default: if the host can. */
  readonly wait?: boolean
  /** By which the plugin finds the socket after a restart. Default: none. */
  readonly name?: string
  /**
   * Whether the host connects again when the connection is lost, and how; `false` forbids it. Default: as
   * the host likes.
   */
  readonly reconnect?: boolean | ReconnectRequest
  /** What the host sends at intervals. Default: none; the host sends pings of the protocol besides. */
  readonly keepAlive?: KeepAliveRequest
  /** What the host answers in the guest's place. Default: none. */
  readonly autoAnswer?: AutoAnswerRequest
  /** Whether the connection may be one that other plugins listen to as well. Default: false. */
  readonly shared?: boolean
  /** Whether the connection may be one that the host had opened before. Default: false. */
  readonly warm?: boolean
}

/**
 * Reads a request as a guest wrote it: JSON, or a bare URL.
 *
 * @throws {EwsError} `EWS_BAD_REQUEST` when it is neither, or a field has the wrong type.
 */
export function parseConnectRequest(text: string): ConnectRequest {
  if (!text.trimStart().startsWith('{')) return { url: text }
  let value: Record<string, unknown>
  try {
    value = JSON.parse(text) as Record<string, unknown>
  } catch (cause) {
    throw new EwsError('EWS_BAD_REQUEST', `connect request is not JSON: ${excerpt(text)}`, {
      cause,
    })
  }
  const { url, protocols, headers, wait, name, shared, warm } = value
  if (typeof url !== 'string') throw wrong('url', 'a string', url)
  if (protocols !== undefined && !isStrings(protocols)) {
    throw wrong('protocols', 'an array of strings', protocols)
  }
  if (headers !== undefined && !isHeaders(headers)) {
    throw wrong('headers', 'an object of strings', headers)
  }
  if (wait !== undefined && typeof wait !== 'boolean') throw wrong('wait', 'a boolean', wait)
  if (name !== undefined && !isName(name)) {
    throw wrong('name', `a string of 1 to ${maxNameLength} characters`, name)
  }
  if (shared !== undefined && typeof shared !== 'boolean') {
    throw wrong('shared', 'a boolean', shared)
  }
  if (warm !== undefined && typeof warm !== 'boolean') throw wrong('warm', 'a boolean', warm)
  const reconnect = parseReconnect(value['reconnect'])
  const keepAlive = parseKeepAlive(value['keepAlive'])
  const autoAnswer = parseAutoAnswer(value['autoAnswer'])
  return {
    url,
    ...(protocols === undefined ? {} : { protocols }),
    ...(headers === undefined ? {} : { headers }),
    ...(wait === undefined ? {} : { wait }),
    ...(name === undefined ? {} : { name }),
    ...(reconnect === undefined ? {} : { reconnect }),
    ...(keepAlive === undefined ? {} : { keepAlive }),
    ...(autoAnswer === undefined ? {} : { autoAnswer }),
    ...(shared === undefined ? {} : { shared }),
    ...(warm === undefined ? {} : { warm }),
  }
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= maxNameLength
}

function isHeaders(value: unknown): value is Record<string, string> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((item) => typeof item === 'string')
  )
}
