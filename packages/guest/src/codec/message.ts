import type { Message } from '../message-target.js'

const decoder = new TextDecoder('utf-8', { fatal: true })

/** @throws {TypeError} for bytes that are not UTF-8. */
export function textOf(message: Message): string {
  return typeof message === 'string' ? message : decoder.decode(message)
}

/** @throws {TypeError} for text. */
export function binaryOf(message: Message): Uint8Array {
  if (typeof message === 'string') throw new TypeError('a text message, where bytes are expected')
  return message
}
