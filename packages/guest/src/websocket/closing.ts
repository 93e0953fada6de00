import { CloseCode, isSendable, maxReasonBytes } from '@extism-ws/protocol'

import { domException } from '../web-idl.js'

/** WebIDL's `[Clamp] unsigned short`. */
function clamped(value: unknown): number {
  // Not `Number()`: a BigInt is a TypeError.
  const number = +(value as number)
  if (!(number > 0)) return 0
  if (number >= 65_535) return 65_535
  const below = Math.floor(number)
  const rest = number - below
  // To the nearest, and of two that are as near, to the even one.
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below
}

export function clampedCode(code: unknown): number | undefined {
  return code === undefined ? undefined : clamped(code)
}

/**
 * Validates close code and reason (WHATWG WebSockets §3.1).
 *
 * @returns the code of the close frame; 0 for none.
 * @throws {DOMException} `InvalidAccessError` for another code than 1000 and 3000 to 4999,
 *   `SyntaxError` for a reason of more than 123 bytes.
 */
export function checkClosing(code: number | undefined, reason: string): number {
  if (code !== undefined && !isSendable(code)) {
    throw domException(`close code ${code} is neither 1000 nor 3000 to 4999`, 'InvalidAccessError')
  }
  const bytes = utf8Length(reason)
  if (bytes > maxReasonBytes) {
    throw domException(`close reason has ${bytes} bytes, 123 are allowed`, 'SyntaxError')
  }
  if (code !== undefined) return code
  return reason === '' ? 0 : CloseCode.normal
}

export function utf8Length(text: string): number {
  return new TextEncoder().encode(text).length
}
