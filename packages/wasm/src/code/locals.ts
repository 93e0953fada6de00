import { ByteReader } from '../bytes/reader.js'
import { readValueType } from '../module/value-type.js'

/** Finds where the instructions of a function body start: behind its locals. */
export function firstInstruction(body: Uint8Array): number {
  const reader = new ByteReader(body)
  for (let groups = reader.u32(); groups > 0; groups--) {
    reader.skipInteger(32)
    readValueType(reader)
  }
  return reader.position
}
