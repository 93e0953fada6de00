import { ByteReader } from '../bytes/reader.js'
import { errorAt } from '../error.js'

/** What follows an opcode: its immediates. The rare kinds come last. */
const Immediates = {
  unknown: 0,
  none: 1,
  /** One integer of up to 33 bits: an index, an i32, a block type, a heap type. */
  integer: 2,
  wideInteger: 3,
  memoryAccess: 4,
  twoIntegers: 5,
  /** br_table: one label more than the count in front of them. */
  labels: 6,
  valueTypes: 7,
  fourBytes: 8,
  eightBytes: 9,
  /** A second number tells the instruction. */
  prefix: 10,
} as const

type Kind = keyof typeof Immediates

/** Core spec 2.0, §5.4, without SIMD; the ranges that are missing are unknown. */
const opcodes = table(256, [
  [0x00, 0x01, 'none'], // unreachable, nop
  [0x02, 0x04, 'integer'], // block, loop, if
  [0x05, 0x05, 'none'], // else
  [0x0b, 0x0b, 'none'], // end
  [0x0c, 0x0d, 'integer'], // br, br_if
  [0x0e, 0x0e, 'labels'], // br_table
  [0x0f, 0x0f, 'none'], // return
  [0x10, 0x10, 'integer'], // call
  [0x11, 0x11, 'twoIntegers'], // call_indirect
  [0x1a, 0x1b, 'none'], // drop, select
  [0x1c, 0x1c, 'valueTypes'], // select t*
  [0x20, 0x26, 'integer'], // local.get to table.set
  [0x28, 0x3e, 'memoryAccess'], // i32.load to i64.store32
  [0x3f, 0x41, 'integer'], // memory.size, memory.grow, i32.const
  [0x42, 0x42, 'wideInteger'], // i64.const
  [0x43, 0x43, 'fourBytes'], // f32.const
  [0x44, 0x44, 'eightBytes'], // f64.const
  [0x45, 0xc4, 'none'], // i32.eqz to i64.extend32_s
  [0xd0, 0xd0, 'integer'], // ref.null
  [0xd1, 0xd1, 'none'], // ref.is_null
  [0xd2, 0xd2, 'integer'], // ref.func
  [0xfb, 0xfe, 'prefix'], // 0xfb GC, 0xfd vectors and 0xfe atomics are not supported
])

/** The second number of the instructions that start with 0xfc. */
const prefixed = table(18, [
  [0, 7, 'none'], // i32.trunc_sat_f32_s to i64.trunc_sat_f64_u
  [8, 8, 'twoIntegers'], // memory.init
  [9, 9, 'integer'], // data.drop
  [10, 10, 'twoIntegers'], // memory.copy
  [11, 11, 'integer'], // memory.fill
  [12, 12, 'twoIntegers'], // table.init
  [13, 13, 'integer'], // elem.drop
  [14, 14, 'twoIntegers'], // table.copy
  [15, 17, 'integer'], // table.grow, table.size, table.fill
])

/** An alignment of 2^64 or more marks a memory other than the first (core spec 3.0, §5.4.7). */
const firstForeignAlignment = 0x40

/**
 * Finds where the instruction at `start` ends, immediates included.
 *
 * It works on plain numbers, not on a ByteReader, because it runs once for every instruction of the
 * engine (238,000 of them).
 *
 * @param base where `bytes` starts in the whole binary; counted in the offsets of errors.
 * @throws WasmError that names an opcode which is not in core spec 2.0, or is SIMD.
 */
export function instructionEnd(bytes: Uint8Array, start: number, base = 0): number {
  const kind = opcodes[bytes[start] ?? 0] ?? Immediates.unknown
  if (kind === Immediates.unknown || kind > Immediates.memoryAccess) {
    return rareInstructionEnd(bytes, start, base)
  }
  let end = start + 1
  if (kind !== Immediates.none) {
    let longest = kind === Immediates.wideInteger ? end + 10 : end + 5
    if (kind === Immediates.memoryAccess) {
      if ((bytes[end++] ?? 0) >= firstForeignAlignment) {
        throw errorAt(base + start, 'only accesses to one memory are supported')
      }
      longest++
    }
    // Bytes behind the end count as 0, which ends the integer; the check below finds out.
    while ((bytes[end++] ?? 0) >= 0x80) {
      if (end === longest) throw errorAt(base + start, 'an integer is too long')
    }
  }
  if (end > bytes.length) throw errorAt(base + bytes.length, 'unexpected end')
  return end
}

/** A set of opcodes that `findInstructions` can look for. */
export type OpcodeSet = Uint8Array

export function opcodeSet(...members: number[]): OpcodeSet {
  const set = new Uint8Array(256)
  for (const opcode of members) set[opcode] = 1
  return set
}

/**
 * Walks the instructions from `start` on, and gives the places of those whose opcode is in a set.
 *
 * All walks over code go through this loop, so that it is compiled once, by the first of them.
 *
 * @throws WasmError as `instructionEnd` does.
 */
export function findInstructions(bytes: Uint8Array, start: number, wanted: OpcodeSet): number[] {
  const places: number[] = []
  for (let at = start; at < bytes.length; at = instructionEnd(bytes, at)) {
    if (wanted[bytes[at] ?? 0] === 1) places.push(at)
  }
  return places
}

function rareInstructionEnd(bytes: Uint8Array, start: number, base: number): number {
  const reader = new ByteReader(bytes, base)
  reader.position = start
  const opcode = reader.u8()
  let kind = opcodes[opcode]
  if (kind === Immediates.prefix) {
    // One byte is enough for all that are known.
    const second = reader.u8()
    kind = opcode === 0xfc ? prefixed[second] : Immediates.unknown
  }
  if (kind === Immediates.integer) skipIntegers(reader, 1)
  else if (kind === Immediates.twoIntegers) skipIntegers(reader, 2)
  else if (kind === Immediates.labels) skipIntegers(reader, reader.u32() + 1)
  else if (kind === Immediates.valueTypes) skipIntegers(reader, reader.u32())
  else if (kind === Immediates.fourBytes) reader.skip(4)
  else if (kind === Immediates.eightBytes) reader.skip(8)
  else if (kind !== Immediates.none) {
    const name = [...bytes.subarray(start, reader.position)].map(hex).join(' ')
    reader.fail(`opcode ${name} is not supported`, start)
  }
  return reader.position
}

function skipIntegers(reader: ByteReader, count: number): void {
  for (let left = count; left > 0; left--) reader.skipInteger(33)
}

function hex(byte: number): string {
  return `0x${byte.toString(16).padStart(2, '0')}`
}

function table(size: number, ranges: [first: number, last: number, kind: Kind][]): Uint8Array {
  const kinds = new Uint8Array(size)
  for (const [first, last, kind] of ranges) kinds.fill(Immediates[kind], first, last + 1)
  return kinds
}
