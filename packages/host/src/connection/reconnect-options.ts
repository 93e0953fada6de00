import { CloseCode, type EwsError } from '@extism-ws/protocol'

import { withDefaults } from '../limits.js'

/** How a connection ended, for `retryIf`. */
export interface LostConnection {
  readonly url: string
  /** Of the close event; 1006 when there was no close frame, or an attempt failed. */
  readonly code: number
  readonly reason: string
  /** What went wrong, if it is known. */
  readonly error: EwsError | undefined
  /** Which attempt the next one would be, from 1 on. */
  readonly attempt: number
}

/** How the host connects again when a connection that was open is lost. */
export interface ReconnectOptions {
  /**
   * Upper bound of the delay before the first attempt, in milliseconds. Every delay is a random part of
   * its bound ("full jitter"), so that clients of a server that restarts do not come back all at once.
   * Default: 1,000.
   */
  readonly firstDelayMs: number
  /** By how much that bound grows with every attempt. Default: 2. */
  readonly factor: number
  /** What it grows to, in milliseconds. Default: 30,000. */
  readonly maxDelayMs: number
  /** Attempts in a row before the socket ends. Default: 100. */
  readonly attempts: number
  /** How long a connection must have been open for the count to begin anew, in milliseconds. Default: 5,000. */
  readonly minUptimeMs: number
  /** Messages that are kept while there is no connection; more are refused. Default: 1,024. */
  readonly queueMessages: number
  /** The same in bytes. Default: 1 MiB. */
  readonly queueBytes: number
  /** Close codes after which the socket ends. Default: 1000, 1002, 1003, 1007, 1008, 1009, 1010. */
  readonly stopCodes: readonly number[]
  /** Asked after the rest; false ends the socket, and so does throwing. Default: always true. */
  readonly retryIf: (lost: LostConnection) => boolean
}

const numbers = {
  firstDelayMs: 1000,
  factor: 2,
  maxDelayMs: 30_000,
  attempts: 100,
  minUptimeMs: 5000,
  queueMessages: 1024,
  queueBytes: 2 ** 20,
}

const stopCodes: readonly number[] = [
  CloseCode.normal,
  CloseCode.protocolError,
  CloseCode.unsupportedData,
  CloseCode.invalidData,
  CloseCode.policyViolation,
  CloseCode.messageTooBig,
  CloseCode.mandatoryExtension,
]

/** @throws {TypeError} for options that are out of bounds, or contradict themselves. */
export function reconnectFrom(set: Partial<ReconnectOptions>): ReconnectOptions {
  const options = {
    ...withDefaults('sockets.reconnect', numbers, set, [
      'queueMessages',
      'queueBytes',
      'minUptimeMs',
    ]),
    stopCodes: set.stopCodes ?? stopCodes,
    retryIf: set.retryIf ?? (() => true),
  }
  if (options.factor < 1) {
    throw new TypeError(`sockets.reconnect.factor must be 1 or more, got ${options.factor}`)
  }
  if (options.maxDelayMs < options.firstDelayMs) {
    throw new TypeError(
      `sockets.reconnect.maxDelayMs (${options.maxDelayMs}) must not be less than firstDelayMs (${options.firstDelayMs})`,
    )
  }
  const wrong = options.stopCodes.find(
    (code) => !(Number.isInteger(code) && code >= 1000 && code <= 4999),
  )
  if (wrong !== undefined) {
    throw new TypeError(
      `sockets.reconnect.stopCodes must be close codes from 1000 to 4999, got ${String(wrong)}`,
    )
  }
  if (typeof options.retryIf !== 'function') {
    throw new TypeError(`sockets.reconnect.retryIf must be a function, got ${String(set.retryIf)}`)
  }
  return options
}

/** The delay before an attempt, in milliseconds: from none up to its bound. */
export function delayOf(
  attempt: number,
  { firstDelayMs, factor, maxDelayMs }: ReconnectOptions,
  random: () => number = Math.random,
): number {
  return Math.floor(random() * Math.min(maxDelayMs, firstDelayMs * factor ** (attempt - 1)))
}

/** Answers of a server to the handshake that another attempt may change. */
const passing = new Set([408, 425, 429])

/** Whether another attempt could fare better, by what went wrong. */
export function isPassing(error: EwsError | undefined): boolean {
  switch (error?.code) {
    case 'EWS_DENIED':
    case 'EWS_BAD_URL':
    case 'EWS_BAD_REQUEST':
    case 'EWS_TLS':
    case 'EWS_LIMIT':
    case 'EWS_PROTOCOL':
      return false
    case 'EWS_HANDSHAKE': {
      const { status = 0 } = error
      return status < 400 || status >= 500 || passing.has(status)
    }
    default:
      return true
  }
}
