import {
  errorData,
  EwsError,
  Opcode,
  type ConnectRequest,
  type ErrorCode,
  type Reconnected,
  type Reconnecting,
  type SocketEvent,
} from '@extism-ws/protocol'

/** One connection as the host has it, and the server's side of it. */
export class FakeConnection {
  readonly id: number
  readonly request: ConnectRequest
  readonly sent: (string | Uint8Array)[] = []
  readonly pauses: boolean[] = []
  closing: { code: number; reason: string } | undefined
  /** Whether the host knows that it has ended, whatever the guest knows. */
  ended = false
  bufferedAmount = 0
  /** What the host says of it besides. */
  about: Record<string, unknown> = {}
  attachment: Uint8Array | undefined
  readonly #emit: (event: SocketEvent) => void

  constructor(id: number, request: ConnectRequest, emit: (event: SocketEvent) => void) {
    this.id = id
    this.request = request
    this.#emit = emit
  }

  open(about: { url?: string; protocol?: string; extensions?: string } = {}): this {
    const { url = this.request.url, protocol = '', extensions = '' } = about
    this.#emit({ type: 'open', socket: this.id, url, protocol, extensions })
    return this
  }

  message(data: string | Uint8Array): this {
    const isText = typeof data === 'string'
    this.#emit({
      type: 'message',
      socket: this.id,
      kind: isText ? Opcode.text : Opcode.binary,
      data: isText ? new TextEncoder().encode(data) : data,
    })
    return this
  }

  fail(code: ErrorCode, message: string): this {
    this.#emit({ type: 'error', socket: this.id, error: errorData(new EwsError(code, message)) })
    return this
  }

  /** The connection ends; by default it was lost. */
  end(code = 1006, reason = '', wasClean = code !== 1006): this {
    this.ended = true
    this.#emit({ type: 'close', socket: this.id, code, reason, wasClean })
    return this
  }

  /** The connection is lost, and the host tries another one. */
  lose(info: Partial<Reconnecting> = {}): this {
    const about = { attempt: 1, delayMs: 250, code: 1006, reason: '', ...info }
    this.#emit({ type: 'reconnecting', socket: this.id, ...about })
    return this
  }

  regain(info: Partial<Reconnected> = {}): this {
    const about = { url: this.request.url, protocol: '', extensions: '', attempts: 1, dropped: 0 }
    this.#emit({ type: 'reconnected', socket: this.id, ...about, ...info })
    return this
  }

  drain(): this {
    this.#emit({ type: 'drain', socket: this.id })
    return this
  }
}
