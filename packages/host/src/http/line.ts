import type { HttpRequest } from '@extism-ws/protocol'

interface Waiting {
  readonly id: number
  readonly request: HttpRequest
  readonly bytes: number
}

/** Requests that wait for others to end, in the order in which they came. */
export class Line {
  readonly #most: { readonly requests: number; readonly bytes: number }
  readonly #waiting = new Map<number, Waiting>()
  #bytes = 0

  constructor(most: { readonly requests: number; readonly bytes: number }) {
    this.#most = most
  }

  get size(): number {
    return this.#waiting.size
  }

  /** Puts a request at the end; false when the line is full. */
  push(waiting: Waiting): boolean {
    const { requests, bytes } = this.#most
    if (this.#waiting.size >= requests || this.#bytes + waiting.bytes > bytes) return false
    this.#waiting.set(waiting.id, waiting)
    this.#bytes += waiting.bytes
    return true
  }

  /** Takes the first one. */
  shift(): Waiting | undefined {
    const [first] = this.#waiting.values()
    if (first !== undefined) this.remove(first.id)
    return first
  }

  /** Takes one out, wherever it stands. */
  remove(id: number): void {
    this.#bytes -= this.#waiting.get(id)?.bytes ?? 0
    this.#waiting.delete(id)
  }

  clear(): void {
    this.#waiting.clear()
    this.#bytes = 0
  }
}
