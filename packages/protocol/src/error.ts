import { errnos, type ErrorCode } from './errno.js'

/** What crosses the boundary and the logs of a failure: plain data, no stack. */
export interface ErrorData {
  /** Stable code; check this, not the class. */
  readonly code: string
  /** Class name of the error, `EwsError` for this toolkit's own. */
  readonly name: string
  readonly message: string
  /** Bytes that a record would have needed (`EWS_TOO_SMALL` only). */
  readonly needed?: number
  /** HTTP status of a refused handshake (`EWS_HANDSHAKE` only). */
  readonly status?: number
}

/** Extra facts that some codes carry. */
export interface ErrorFacts {
  readonly cause?: unknown
  readonly needed?: number
  readonly status?: number
}

/**
 * The one error class of this toolkit, on both sides of the boundary.
 *
 * Check `code`, not `instanceof`: an error may come from another copy of this package.
 */
export class EwsError extends Error {
  override readonly name: string = 'EwsError'
  readonly code: ErrorCode
  declare readonly needed?: number
  declare readonly status?: number

  constructor(code: ErrorCode, message: string, facts: ErrorFacts = {}) {
    super(message, 'cause' in facts ? { cause: facts.cause } : undefined)
    this.code = code
    if (facts.needed !== undefined) this.needed = facts.needed
    if (facts.status !== undefined) this.status = facts.status
  }

  /**
   * The negative number by which a host function reports this error. Codes without one of their own
   * have that of `EWS_INTERNAL`: a failure must never look like 0, which is success.
   */
  get errno(): number {
    return errnos[this.code] || errnos.EWS_INTERNAL
  }
}

/** An error as plain data, for `ws_error` and for error events. */
export function errorData(error: EwsError): ErrorData {
  const { code, name, message, needed, status } = error
  return {
    code,
    name,
    message,
    ...(needed === undefined ? {} : { needed }),
    ...(status === undefined ? {} : { status }),
  }
}

/**
 * An error from what the other side sent: any value is accepted, since neither side trusts the other.
 * Unknown codes become `EWS_INTERNAL`.
 */
export function errorFrom(data: unknown): EwsError {
  const fields = typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : {}
  const message = typeof fields['message'] === 'string' ? fields['message'] : 'unknown failure'
  const code = typeof fields['code'] === 'string' ? fields['code'] : ''
  const facts = {
    ...(typeof fields['needed'] === 'number' ? { needed: fields['needed'] } : {}),
    ...(typeof fields['status'] === 'number' ? { status: fields['status'] } : {}),
  }
  return new EwsError(isErrorCode(code) ? code : 'EWS_INTERNAL', message, facts)
}

/** Whether `code` is a code of the error table. */
export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errnos, code)
}

/** The code that stands behind a host function's negative result. */
export function errorCodeOf(errno: number): ErrorCode {
  for (const [code, number] of Object.entries(errnos)) {
    if (number === errno && errno < 0) return code as ErrorCode
  }
  return 'EWS_INTERNAL'
}
