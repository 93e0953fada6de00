import type { ByteReader } from '../bytes/reader.js'
import { instructionEnd } from '../code/instruction.js'
import { op } from '../code/op.js'

const constants: readonly number[] = [
  op.i32Const,
  op.i64Const,
  op.f32Const,
  op.f64Const,
  op.globalGet,
  op.refNull,
  op.refFunc,
]

/**
 * Reads a constant expression (core spec 2.0, §3.3.7) up to and including its `end`; gives its bytes.
 */
export function readConstant(reader: ByteReader): Uint8Array {
  const { bytes, base, position: start } = reader
  for (;;) {
    const at = reader.position
    const opcode = reader.u8()
    reader.position = instructionEnd(bytes, at, base)
    if (opcode === op.end) return reader.view(start, reader.position)
    if (!constants.includes(opcode)) {
      reader.fail(`opcode 0x${opcode.toString(16)} is not constant`, at)
    }
  }
}
