import type { ByteReader } from '../bytes/reader.js'
import type { ByteWriter } from '../bytes/writer.js'
import { WasmError } from '../error.js'
import { importCount, type Module } from './module.js'

/** Takes the body of a function (core spec 2.0, §5.5.13) as it is. */
export function readBody(reader: ByteReader): Uint8Array {
  return reader.take(reader.u32())
}

export function writeBody(writer: ByteWriter, body: Uint8Array): void {
  writer.block(body)
}

/**
 * Calls `visit` for bodies of the module's functions, in order. Errors, whose offsets count from the
 * start of a body, are made to say in which function they are.
 */
export function mapBodies<T>(
  module: Module,
  bodies: readonly Uint8Array[],
  visit: (body: Uint8Array, functionIndex: number) => T,
): T[] {
  const first = importCount(module, 'function')
  return bodies.map((body, at) => {
    try {
      return visit(body, first + at)
    } catch (error) {
      if (!(error instanceof WasmError)) throw error
      const place = error.offset === undefined ? '' : ' of its body'
      const message = `function ${first + at}: ${error.message}${place}`
      throw new WasmError(message, error.offset, { cause: error })
    }
  })
}
