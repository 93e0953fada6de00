/** Close codes that this toolkit names (RFC 6455 §7.4.1). */
export const CloseCode = {
  normal: 1000,
  goingAway: 1001,
  protocolError: 1002,
  unsupportedData: 1003,
  /** Never on the wire: the close frame carried no code. */
  noStatus: 1005,
  /** Never on the wire: the connection ended without a close frame. */
  abnormal: 1006,
  invalidData: 1007,
  policyViolation: 1008,
  messageTooBig: 1009,
  mandatoryExtension: 1010,
  internalError: 1011,
  /** IANA's WebSocket Close Code Number Registry. */
  tryAgainLater: 1013,
} as const

/** The longest reason that fits in a close frame, in UTF-8 bytes (RFC 6455 §5.5). */
export const maxReasonBytes = 123

/**
 * Whether an application may send this code: 1000, or 3000 to 4999
 * (WHATWG WebSockets, `close(code, reason)` step 1).
 */
export function isSendable(code: number): boolean {
  return code === CloseCode.normal || (Number.isInteger(code) && code >= 3000 && code <= 4999)
}
