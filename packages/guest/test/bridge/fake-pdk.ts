import {
  errorData,
  EwsError,
  eventRecord,
  readRecords,
  recordBytes,
  writeRecord,
  type RawRecord,
  type SocketEvent,
} from '@extism-ws/protocol'

const decoder = new TextDecoder()

/** js-pdk's `Host` and `Memory` over blocks that are counted, and the host functions behind them. */
export class FakePdk {
  readonly #blocks = new Map<number, Uint8Array>()
  #lastOffset = 4096
  #lastError: EwsError | undefined
  #inbox: RawRecord[] = []
  /** What the host functions were called with, data instead of offsets. */
  readonly calls: unknown[][] = []
  /** Socket and step of each report. */
  readonly progress: [socket: number, step: number][] = []
  /** Sizes of the blocks that were made for polling. */
  readonly pollCapacities: number[] = []
  /** Blocks that the plugin has made so far, or was given. */
  made = 0
  /** The next operation is refused with this. */
  refusal: EwsError | undefined
  /** Whether the host has no block left for what it wants to tell. */
  exhausted = false

  /** Blocks that exist now: none may, once an operation is over. */
  get blockCount(): number {
    return this.#blocks.size
  }

  readonly Host = {
    getFunctions: (): Record<string, (...args: number[]) => number> => this.functions,
  }

  readonly Memory = {
    fromString: (text: string): MemoryHandle => this.#make(new TextEncoder().encode(text)),
    fromBuffer: (bytes: ArrayBuffer): MemoryHandle => this.#make(new Uint8Array(bytes.slice(0))),
    find: (offset: number): MemoryHandle => this.#handle(offset),
  }

  readonly functions: Record<string, (...args: number[]) => number> = {
    ws_connect: (request) => this.#attempt(['connect', this.#text(request)], () => 7),
    ws_send: (socket, kind, data, length) =>
      this.#attempt(['send', socket, kind, this.#bytes(data).slice(0, length), length], () => 0),
    ws_send_many: (block, length) =>
      this.#attempt(['send many', length], () => [...readRecords(this.#bytes(block))].length),
    ws_close: (socket, code, reason) =>
      this.#attempt(['close', socket, code, this.#text(reason)], () => 0),
    ws_pause: (socket, paused) => this.#attempt(['pause', socket, paused], () => 0),
    ws_save: (socket, data, length) =>
      this.#attempt(['save', socket, this.#bytes(data), length], () => 0),
    ws_progress: (socket = 0, step = 0) => {
      this.progress.push([socket, step])
      return 0
    },
    ws_poll: (timeout, block, capacity = 0) => {
      this.pollCapacities.push(capacity)
      return this.#attempt(['poll', timeout], () => this.#drain(this.#bytes(block), capacity))
    },
    ws_receive: (socket, timeout, block, capacity = 0) =>
      this.#attempt(['receive', socket, timeout], () =>
        this.#drain(this.#bytes(block), capacity, 1),
      ),
    ws_info: (socket) => this.#store(JSON.stringify({ socket, state: 'open', sendRoom: 1e9 })),
    ws_error: () =>
      this.#store(JSON.stringify(this.#lastError === undefined ? {} : errorData(this.#lastError))),
  }

  install(): this {
    Object.assign(globalThis, { Host: this.Host, Memory: this.Memory })
    return this
  }

  /** An event that waits for the next poll. */
  emit(event: SocketEvent): void {
    this.#inbox.push(eventRecord(event))
  }

  message(text: string): void {
    this.emit({ type: 'message', socket: 7, kind: 1, data: new TextEncoder().encode(text) })
  }

  #drain(block: Uint8Array, capacity: number, count = Infinity): number {
    if (capacity !== block.length) throw new Error(`capacity ${capacity} of ${block.length}`)
    const view = new DataView(block.buffer, block.byteOffset, block.byteLength)
    let at = 0
    for (let events = 0; events < count; events++) {
      const next = this.#inbox[0]
      if (next === undefined) return at
      const needed = recordBytes(next.payload.length)
      if (at + needed > capacity) {
        if (at > 0) return at
        throw new EwsError('EWS_TOO_SMALL', `the event needs ${needed} bytes`, { needed })
      }
      at += writeRecord(block, view, at, next)
      this.#inbox.shift()
    }
    return at
  }

  #attempt(call: unknown[], operation: () => number): number {
    this.calls.push(call)
    try {
      const refusal = this.refusal
      this.refusal = undefined
      if (refusal !== undefined) throw refusal
      return operation()
    } catch (error) {
      if (!(error instanceof EwsError)) throw error
      this.#lastError = error
      return error.errno
    }
  }

  #make(bytes: Uint8Array): MemoryHandle {
    this.made++
    const offset = ++this.#lastOffset
    this.#blocks.set(offset, bytes)
    return this.#handle(offset)
  }

  #handle(offset: number): MemoryHandle {
    const bytes = this.#bytes(offset)
    return {
      offset,
      len: bytes.length,
      readString: () => decoder.decode(bytes),
      readBytes: () => bytes.slice().buffer as ArrayBuffer,
      free: () => {
        if (!this.#blocks.delete(offset)) throw new Error(`block ${offset} is freed twice`)
      },
    }
  }

  #store(text: string): number {
    return this.exhausted ? 0 : this.#make(new TextEncoder().encode(text)).offset
  }

  #bytes(offset: number | undefined): Uint8Array {
    const bytes = this.#blocks.get(offset ?? 0)
    if (bytes === undefined) throw new Error(`no block at ${offset}`)
    return bytes
  }

  #text(offset: number | undefined): string {
    return decoder.decode(this.#bytes(offset))
  }
}

interface MemoryHandle {
  readonly offset: number
  readonly len: number
  readString(): string
  readBytes(): ArrayBuffer
  free(): void
}
