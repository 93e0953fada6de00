import { ByteReader } from '../bytes/reader.js'
import { ByteWriter } from '../bytes/writer.js'
import { LimitsFlag, readWideLimits, type WideLimits } from './descriptor.js'
import { readImportEntries } from './import-list.js'
import { rewriteSections, SectionId, type Section } from './section.js'

const pagesPerMebibyte = 16
/** More pages than these a memory with 32-bit addresses cannot declare. */
const pagesIn4Gib = 65536

/**
 * Makes sure that no memory of a module, defined or imported, can grow beyond `maxPages` pages of
 * 64 KiB: each gets a maximum, or keeps the one it has when that is not larger. Nothing but the
 * import and memory sections is decoded. Gives the input itself back when nothing is to change.
 *
 * @throws WasmError when a memory needs more from the start, or is of an unknown kind (custom page
 * sizes), or when the binary cannot be read.
 * @throws RangeError when `maxPages` is not a whole number of pages.
 */
export function limitMemory<B extends ArrayBufferLike>(
  bytes: Uint8Array<B>,
  maxPages: number,
): Uint8Array<B | ArrayBuffer> {
  if (!Number.isSafeInteger(maxPages) || maxPages < 0) {
    throw new RangeError(`maxPages must be a whole number of pages, not ${maxPages}`)
  }
  return rewriteSections(bytes, (section) => {
    if (section.id === SectionId.memory) return limitDefined(section, maxPages)
    if (section.id === SectionId.import) return limitImported(section, maxPages)
    return section.body
  })
}

function limitDefined(section: Section, maxPages: number): Uint8Array {
  const reader = new ByteReader(section.body, section.offset)
  const memories = reader.list(() => readMemory(reader, maxPages))
  reader.end('the memory section')
  if (memories.every(({ limits, max }) => limits.max === max)) return section.body
  const writer = new ByteWriter(section.body.length + 3 * memories.length)
  writer.list(memories, writeMemory)
  return writer.finish()
}

function limitImported(section: Section, maxPages: number): Uint8Array {
  const { body } = section
  const reader = new ByteReader(body, section.offset)
  const entries = readImportEntries(section)
  const writer = new ByteWriter(body.length + 16)
  let copied = 0
  for (const { kind, descriptor, end } of entries) {
    if (kind !== 'memory') continue
    reader.position = descriptor
    const memory = readMemory(reader, maxPages)
    if (memory.limits.max === memory.max) continue
    writer.put(body.subarray(copied, descriptor))
    writeMemory(writer, memory)
    copied = end
  }
  if (copied === 0) return body
  writer.put(body.subarray(copied))
  return writer.finish()
}

interface Memory {
  readonly limits: WideLimits
  /** The maximum it shall have, in pages. */
  readonly max: bigint
}

function readMemory(reader: ByteReader, maxPages: number): Memory {
  const at = reader.position
  const limits = readWideLimits(reader)
  const { flags, min } = limits
  if (min > maxPages) {
    reader.fail(
      `a memory needs at least ${size(min)}, but ${size(BigInt(maxPages))} are allowed`,
      at,
    )
  }
  const allowed = BigInt(flags & LimitsFlag.wide ? maxPages : Math.min(maxPages, pagesIn4Gib))
  const max = limits.max !== undefined && limits.max < allowed ? limits.max : allowed
  return { limits, max }
}

function size(pages: bigint): string {
  return `${Number(pages) / pagesPerMebibyte} MiB (${pages} pages)`
}

function writeMemory(writer: ByteWriter, { limits, max }: Memory): void {
  writer.u8(limits.flags | LimitsFlag.maximum)
  writer.u64(limits.min)
  writer.u64(max)
}
