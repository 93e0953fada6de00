/** A binary that cannot be read, or an edit that the module does not allow. */
export class WasmError extends Error {
  override readonly name = 'WasmError'
  readonly code = 'EWS_BAD_WASM'
  /**
   * Where the fault is: bytes from the start of the binary, or from the start of the function body
   * that the message names. Undefined when it has no place.
   */
  readonly offset: number | undefined

  constructor(message: string, offset?: number, options?: ErrorOptions) {
    super(message, options)
    this.offset = offset
  }
}

/** An error whose message ends with its place. */
export function errorAt(offset: number, message: string): WasmError {
  return new WasmError(`${message}, at byte ${offset}`, offset)
}
