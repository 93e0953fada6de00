import type { ByteReader } from '../bytes/reader.js'
import type { ByteWriter } from '../bytes/writer.js'
import { readConstant } from './constant.js'
import { readReferenceType, ValueType, type ReferenceType } from './value-type.js'

/** When the elements are used: at instantiation, by `table.init`, or only to declare `ref.func`. */
export type ElementMode =
  | { readonly kind: 'active'; readonly table: number; readonly offset: Uint8Array }
  | { readonly kind: 'passive' }
  | { readonly kind: 'declarative' }

/** Elements are function indices, or constant expressions with their `end`. */
export type ElementItems =
  | { readonly kind: 'functions'; readonly indices: readonly number[] }
  | {
      readonly kind: 'expressions'
      readonly type: ReferenceType
      readonly expressions: readonly Uint8Array[]
    }

export interface ElementSegment {
  readonly mode: ElementMode
  readonly items: ElementItems
}

/** Bits of the number in front of a segment (core spec 2.0, §5.5.12). */
const Flag = {
  notActive: 0b001,
  /** With notActive: declarative. Else: a table index and a type are given. */
  explicit: 0b010,
  expressions: 0b100,
} as const

/** The only kind of elements that are given by index. */
const functionKind = 0x00

export function readElement(reader: ByteReader): ElementSegment {
  const at = reader.position
  const flags = reader.u32()
  if (flags > 7) reader.fail(`an element segment with flags ${flags} is not known`, at)
  const mode = readMode(reader, flags)
  const typed = (flags & (Flag.notActive | Flag.explicit)) !== 0
  if (flags & Flag.expressions) {
    const type = typed ? readReferenceType(reader) : ValueType.funcref
    return { mode, items: { kind: 'expressions', type, expressions: reader.list(readConstant) } }
  }
  if (typed && reader.u8() !== functionKind) {
    reader.fail('an element kind is not known', reader.position - 1)
  }
  return { mode, items: { kind: 'functions', indices: reader.list(readIndex) } }
}

export function writeElement(writer: ByteWriter, { mode, items }: ElementSegment): void {
  const byExpression = items.kind === 'expressions'
  const explicit =
    mode.kind === 'active'
      ? mode.table !== 0 || (byExpression && items.type !== ValueType.funcref)
      : mode.kind === 'declarative'
  writer.u32(
    (mode.kind === 'active' ? 0 : Flag.notActive) |
      (explicit ? Flag.explicit : 0) |
      (byExpression ? Flag.expressions : 0),
  )
  if (mode.kind === 'active') {
    if (explicit) writer.u32(mode.table)
    writer.put(mode.offset)
  }
  if (explicit || mode.kind !== 'active') writer.u8(byExpression ? items.type : functionKind)
  if (byExpression) writer.list(items.expressions, (_, expression) => writer.put(expression))
  else writer.list(items.indices, (_, index) => writer.u32(index))
}

function readMode(reader: ByteReader, flags: number): ElementMode {
  const explicit = (flags & Flag.explicit) !== 0
  if (flags & Flag.notActive) return { kind: explicit ? 'declarative' : 'passive' }
  return { kind: 'active', table: explicit ? reader.u32() : 0, offset: readConstant(reader) }
}

function readIndex(reader: ByteReader): number {
  return reader.u32()
}
