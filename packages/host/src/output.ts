/**
 * What a call answered: the SDK's PluginOutput, made here, since answers that arrive later never
 * pass through the SDK.
 */
export class PluginOutput extends DataView<ArrayBuffer> {
  readonly #bytes: Uint8Array<ArrayBuffer>

  constructor(bytes: Uint8Array) {
    // A copy: the bytes are in memory that the next call reuses.
    const copy = new Uint8Array(bytes)
    super(copy.buffer)
    this.#bytes = copy
  }

  bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes
  }

  arrayBuffer(): ArrayBuffer {
    return this.buffer
  }

  text(): string {
    return new TextDecoder().decode(this.#bytes)
  }

  /** The same as `text()`, by the SDK's name. */
  string(): string {
    return this.text()
  }

  /** The output parsed as JSON. `T` is a claim, not a check. */
  json<T = unknown>(): T {
    return JSON.parse(this.text()) as T
  }
}
