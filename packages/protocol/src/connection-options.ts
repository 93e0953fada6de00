import { EwsError } from './error.js'
import { shown } from './excerpt.js'

/** A message as JSON carries it: text as itself, bytes as base64. */
export type ListedMessage = string | { readonly base64: string }

/** What a guest wishes of reconnecting; what is not named is the host's. */
export interface ReconnectRequest {
  /** Whether messages that are sent meanwhile are kept until there is a connection. Default: true. */
  readonly queue?: boolean
  /** Sent first on every connection but the first one, in this order: subscriptions. Default: none. */
  readonly replay?: readonly ListedMessage[]
  /** Attempts in a row before the socket ends; the host may allow fewer. Default: the host's. */
  readonly attempts?: number
  /** Close codes after which the socket ends, besides the host's. Default: none. */
  readonly stopCodes?: readonly number[]
}

/** Text messages by which a server wants to see that its client lives, sent while the guest sleeps. */
export interface KeepAliveRequest {
  /** What is sent. */
  readonly request: string
  /** What the server answers: it does not come to the guest. Default: whatever comes is a sign of life. */
  readonly answer?: string
  /** Time between two requests, in milliseconds. */
  readonly intervalMs: number
  /** Time that the answer may take, in milliseconds. Default: that of the host's heartbeat. */
  readonly timeoutMs?: number
}

/** A text message that the host answers in the guest's place; the guest never sees it. */
export interface AutoAnswerRequest {
  readonly request: string
  readonly answer: string
}

/** The longest text of a keep-alive or an automatic answer, in UTF-16 units. */
export const maxAutomaticLength = 1024
/** What is replayed together: UTF-16 units, of bytes those of their base64. */
export const maxReplayLength = 64 * 1024
export const maxReplayMessages = 1024
export const maxStopCodes = 256
/** Of an interval or a timeout, in milliseconds. */
export const shortestMs = 1000
export const longestMs = 24 * 60 * 60 * 1000
const mostAttempts = 2 ** 31 - 1

export function parseReconnect(value: unknown): boolean | ReconnectRequest | undefined {
  if (value === undefined || typeof value === 'boolean') return value
  const { queue, replay, attempts, stopCodes } = fields(
    'reconnect',
    value,
    'a boolean or an object',
  )
  if (queue !== undefined && typeof queue !== 'boolean') {
    throw wrong('reconnect.queue', 'a boolean', queue)
  }
  if (replay !== undefined && !isReplay(replay)) {
    const expected =
      `an array of at most ${maxReplayMessages} strings or { base64: string }, ` +
      `${maxReplayLength} characters together`
    throw wrong('reconnect.replay', expected, replay)
  }
  if (attempts !== undefined && !isWhole(attempts, 1, mostAttempts)) {
    throw wrong('reconnect.attempts', `a whole number from 1 to ${mostAttempts}`, attempts)
  }
  if (stopCodes !== undefined && !isCodes(stopCodes)) {
    const expected = `an array of at most ${maxStopCodes} close codes, 1000 to 4999`
    throw wrong('reconnect.stopCodes', expected, stopCodes)
  }
  return {
    ...(queue === undefined ? {} : { queue }),
    ...(replay === undefined ? {} : { replay: replay.map(plain) }),
    ...(attempts === undefined ? {} : { attempts }),
    ...(stopCodes === undefined ? {} : { stopCodes }),
  }
}

export function parseKeepAlive(value: unknown): KeepAliveRequest | undefined {
  if (value === undefined) return undefined
  const { request, answer, intervalMs, timeoutMs } = fields('keepAlive', value, 'an object')
  if (!isAutomatic(request)) throw wrong('keepAlive.request', automaticText, request)
  if (answer !== undefined && !isAutomatic(answer)) {
    throw wrong('keepAlive.answer', automaticText, answer)
  }
  if (!isTime(intervalMs)) throw wrong('keepAlive.intervalMs', timeText, intervalMs)
  if (timeoutMs !== undefined && !isTime(timeoutMs)) {
    throw wrong('keepAlive.timeoutMs', timeText, timeoutMs)
  }
  return {
    request,
    intervalMs,
    ...(answer === undefined ? {} : { answer }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  }
}

export function parseAutoAnswer(value: unknown): AutoAnswerRequest | undefined {
  if (value === undefined) return undefined
  const { request, answer } = fields('autoAnswer', value, 'an object')
  if (!isAutomatic(request)) throw wrong('autoAnswer.request', automaticText, request)
  if (!isAutomatic(answer)) throw wrong('autoAnswer.answer', automaticText, answer)
  return { request, answer }
}

const automaticText = `a string of 1 to ${maxAutomaticLength} characters`
const timeText = `a whole number of milliseconds, ${shortestMs} to ${longestMs}`

function isAutomatic(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= maxAutomaticLength
}

function isReplay(value: unknown): value is ListedMessage[] {
  if (!Array.isArray(value) || value.length > maxReplayMessages) return false
  let length = 0
  for (const message of value as unknown[]) {
    const written = typeof message === 'string' ? message : base64Of(message)
    if (typeof written !== 'string') return false
    length += written.length
    // Before it is looked at: a regular expression may run out of stack in a text of many megabytes.
    if (length > maxReplayLength) return false
    if (written !== message && !base64.test(written)) return false
  }
  return true
}

const base64 = /^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?$/

/** Without fields of later versions. */
function plain(message: ListedMessage): ListedMessage {
  return typeof message === 'string' ? message : { base64: message.base64 }
}

function base64Of(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'base64' in value ? value.base64 : undefined
}

function isCodes(value: unknown): value is number[] {
  return (
    Array.isArray(value) &&
    value.length <= maxStopCodes &&
    value.every((code) => isWhole(code, 1000, 4999))
  )
}

function isTime(value: unknown): value is number {
  return isWhole(value, shortestMs, longestMs)
}

function isWhole(value: unknown, least: number, most: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most
}

function fields(name: string, value: unknown, expected: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>
  }
  throw wrong(name, expected, value)
}

/** A field of a connect request that is none. */
export function wrong(field: string, expected: string, value: unknown): EwsError {
  return new EwsError(
    'EWS_BAD_REQUEST',
    `connect request: "${field}" must be ${expected}, got ${shown(value)}`,
  )
}
