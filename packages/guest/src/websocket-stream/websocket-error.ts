import { finishInterface, needObject, usvString } from '../web-idl.js'
import { checkClosing, clampedCode } from '../websocket/closing.js'

/** How a stream's connection is to end, or has ended. */
export interface WebSocketCloseInfo {
  /** To end it, 1000 or 3000 to 4999; when it has ended, as in `CloseEvent`. */
  closeCode?: number
  /** To end it, at most 123 bytes of UTF-8. */
  reason?: string
}

/** Of a connection that has ended, whose code need not be one that may be sent. */
export let endError: (
  message: string,
  code: number,
  reason: string,
  cause?: unknown,
) => WebSocketError

/** Other engines, such as js-pdk's, have no DOMException. */
const Base = (typeof DOMException === 'function' ? DOMException : Error) as typeof DOMException

/** What the streams and promises of a failed connection reject with. */
export class WebSocketError extends Base {
  #closeCode: number | null
  #reason: string

  static {
    endError = (message, code, reason, cause) => {
      const error = new WebSocketError(message)
      error.#closeCode = code
      error.#reason = reason
      if (cause !== undefined) {
        const attributes = { writable: true, configurable: true }
        Object.defineProperty(error, 'cause', { value: cause, ...attributes })
      }
      return error
    }
  }

  /**
   * @throws {DOMException} `InvalidAccessError` for another code than 1000 and 3000 to 4999,
   *   `SyntaxError` for a reason of more than 123 bytes.
   */
  constructor(message = '', init: WebSocketCloseInfo = {}) {
    super(usvString(message), 'WebSocketError')
    const { code, reason } = checkCloseInfo(init)
    this.#closeCode = code === 0 ? null : code
    this.#reason = reason
  }

  get closeCode(): number | null {
    return this.#closeCode
  }
  get reason(): string {
    return this.#reason
  }
}

finishInterface(WebSocketError, 'WebSocketError', 0)

/** @returns code 0 for a close frame without one. */
export function checkCloseInfo(info: WebSocketCloseInfo | null): { code: number; reason: string } {
  needObject(info, 'the close information')
  const text = info?.reason === undefined ? '' : usvString(info.reason)
  return { code: checkClosing(clampedCode(info?.closeCode), text), reason: text }
}
