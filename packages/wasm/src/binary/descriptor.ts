import type { ByteReader } from '../bytes/reader.js'

/** What can be imported and exported, named as in the Wasm JavaScript API, in the binary's order. */
const kinds = ['function', 'table', 'memory', 'global', 'tag'] as const

export type ExternalKind = (typeof kinds)[number]

export function readKind(reader: ByteReader): ExternalKind {
  const byte = reader.u8()
  return kinds[byte] ?? reader.fail(`kind 0x${byte.toString(16)} is not known`, reader.position - 1)
}

export function kindByte(kind: ExternalKind): number {
  return kinds.indexOf(kind)
}

/** Bits of the byte before the limits of a memory or a table (core spec §5.3.7). */
export const LimitsFlag = { maximum: 0x01, shared: 0x02, wide: 0x04 } as const

const allLimitsFlags = LimitsFlag.maximum | LimitsFlag.shared | LimitsFlag.wide

/** Limits of a memory or a table, in pages or elements. */
export interface WideLimits {
  readonly flags: number
  readonly min: bigint
  readonly max: bigint | undefined
}

/** Reads limits, also those of shared and 64-bit memories and tables. */
export function readWideLimits(reader: ByteReader): WideLimits {
  const flags = reader.u8()
  if ((flags & ~allLimitsFlags) !== 0) {
    reader.fail(`limits with flags 0x${flags.toString(16)} are not known`, reader.position - 1)
  }
  const bound = (): bigint => (flags & LimitsFlag.wide ? reader.u64() : BigInt(reader.u32()))
  return { flags, min: bound(), max: flags & LimitsFlag.maximum ? bound() : undefined }
}

/** Skips what an import says about the imported thing, for every Wasm that engines ship today. */
export function skipDescriptor(reader: ByteReader, kind: ExternalKind): void {
  if (kind === 'function') {
    reader.skipInteger(32)
  } else if (kind === 'table') {
    skipValueType(reader)
    readWideLimits(reader)
  } else if (kind === 'memory') {
    readWideLimits(reader)
  } else if (kind === 'global') {
    skipValueType(reader)
    reader.skip(1)
  } else {
    reader.skip(1)
    reader.skipInteger(32)
  }
}

const reference = 0x64
const nullableReference = 0x63
/** Abstract heap types lie in 0x69 (exn) to 0x74 (noexn), written as negative numbers of 7 bits. */
const [lowestHeapType, highestHeapType] = [0x69 - 0x80, 0x74 - 0x80]

function skipValueType(reader: ByteReader): void {
  const at = reader.position
  const type = reader.u8()
  if (type === reference || type === nullableReference) {
    const heapType = reader.s33()
    if (heapType < 0 && (heapType < lowestHeapType || heapType > highestHeapType)) {
      reader.fail('a heap type is not known', at)
    }
  } else if (type < 0x40 || type > 0x7f) {
    reader.fail(`value type 0x${type.toString(16)} is not known`, at)
  }
}
