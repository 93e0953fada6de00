import { EwsError } from '@extism-ws/protocol'

import type { Message } from '../message-target.js'
import type { StandardSchemaIssue } from './standard-schema.js'

/** A message that its codec could not decode, or that the schema refused. */
export interface Undecodable {
  /** The message as it came: text, or bytes. */
  readonly message: Message
  /** `EWS_DECODE`; `cause` is what the codec or the schema threw, if one did. */
  readonly error: EwsError
  /** What the schema has against the value; undefined when there is none, or it was not asked. */
  readonly issues?: readonly StandardSchemaIssue[]
}

const excerptCharacters = 100
const excerptBytes = 32

/** @param codec its name. */
export function thrownBy(codec: string, message: Message, cause: unknown): Undecodable {
  // Not everything that can be thrown can be made a string.
  const why = cause instanceof Error ? cause.message : 'something other than an Error was thrown'
  return { message, error: new EwsError('EWS_DECODE', `${codec}: ${why}`, { cause }) }
}

export function refusedBy(
  codec: string,
  message: Message,
  issues: readonly StandardSchemaIssue[],
): Undecodable {
  const [first] = issues
  const more = issues.length > 1 ? `, and ${issues.length - 1} more` : ''
  const why = first === undefined ? 'no reason given' : `${place(first)}${first.message}${more}`
  const error = new EwsError('EWS_DECODE', `${codec}: the schema refuses the message: ${why}`)
  return { message, error, issues }
}

/** For a log: a message may be large, and binary. */
export function excerpt(message: Message): string {
  if (typeof message === 'string') {
    const start = JSON.stringify(message.slice(0, excerptCharacters))
    return `${message.length} characters: ${start}${dots(message, excerptCharacters)}`
  }
  const bytes = Array.from(message.subarray(0, excerptBytes))
  const start = bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
  return `${message.length} bytes: ${start}${dots(message, excerptBytes)}`
}

function dots({ length }: Message, shown: number): string {
  return length > shown ? '…' : ''
}

function place({ path = [] }: StandardSchemaIssue): string {
  if (path.length === 0) return ''
  const keys = path.map((step) => String(typeof step === 'object' ? step.key : step))
  return `${keys.join('.')}: `
}
