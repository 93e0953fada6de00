/**
 * Every error of this toolkit, with the negative `i32` by which a host function returns it; 0 where it
 * never crosses as a number. What they mean is in error-table.ts: text that no plugin needs.
 */
export const errorNumbers = {
  EWS_DENIED: -1,
  EWS_BAD_URL: -2,
  EWS_CONNECT: -3,
  EWS_TIMEOUT: -4,
  EWS_TLS: -5,
  EWS_LIMIT: -6,
  EWS_CLOSED: -7,
  EWS_BAD_SOCKET: -8,
  EWS_BAD_REQUEST: -9,
  EWS_WOULD_BLOCK: -10,
  EWS_TOO_SMALL: -11,
  EWS_UNSUPPORTED: -12,
  EWS_HANDSHAKE: -13,
  EWS_INTERNAL: -14,
  EWS_PROTOCOL: -15,
  EWS_PLUGIN: 0,
  EWS_NO_EXPORT: 0,
  EWS_AMBIGUOUS_CALL: 0,
  EWS_TRAPPED: 0,
  EWS_RESTARTED: 0,
  EWS_HOST_FUNCTION: 0,
  EWS_DISPOSED: 0,
  EWS_BAD_MODULE: 0,
  EWS_BUILD: 0,
  EWS_DECODE: 0,
} as const

/** A stable error code. */
export type ErrorCode = keyof typeof errorNumbers
