import { ByteReader } from '../bytes/reader.js'
import { ByteWriter } from '../bytes/writer.js'

/** Core spec §5.5.2; `tag` is from the exception handling proposal. */
export const SectionId = {
  custom: 0,
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  memory: 5,
  global: 6,
  export: 7,
  start: 8,
  element: 9,
  code: 10,
  data: 11,
  dataCount: 12,
  tag: 13,
} as const

/** One section of a module. */
export interface Section {
  readonly id: number
  /** The content, without id and size. */
  readonly body: Uint8Array
  /** Where `body` starts in the binary, in bytes. */
  readonly offset: number
}

const header = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00)

/**
 * Splits a module into its sections, in the order in which they stand, without looking inside them.
 * The bodies are views of the input.
 *
 * @throws WasmError when the bytes are not a core module of version 1, or are cut off.
 */
export function readSections(bytes: Uint8Array): Section[] {
  const reader = new ByteReader(bytes)
  readHeader(reader)
  const sections: Section[] = []
  while (!reader.done) {
    const id = reader.u8()
    const size = reader.u32()
    const offset = reader.offset
    sections.push({ id, body: reader.take(size), offset })
  }
  return sections
}

/** Joins sections into a module, in the order in which they are given. */
export function writeSections(
  sections: readonly Pick<Section, 'id' | 'body'>[],
): Uint8Array<ArrayBuffer> {
  // 6 bytes are the longest id and size.
  const size = sections.reduce((sum, { body }) => sum + 6 + body.length, header.length)
  const writer = new ByteWriter(size)
  writer.put(header)
  for (const { id, body } of sections) {
    writer.u8(id)
    writer.block(body)
  }
  return writer.finish()
}

/** Replaces the bodies of sections; gives the input itself back when no body was replaced. */
export function rewriteSections<B extends ArrayBufferLike>(
  bytes: Uint8Array<B>,
  rewrite: (section: Section) => Uint8Array,
): Uint8Array<B | ArrayBuffer> {
  let changed = false
  const sections = readSections(bytes).map((section) => {
    const body = rewrite(section)
    changed ||= body !== section.body
    return { id: section.id, body }
  })
  return changed ? writeSections(sections) : bytes
}

function readHeader(reader: ByteReader): void {
  const magic = hex(reader.take(4))
  if (magic !== '00 61 73 6d') reader.fail(`not a Wasm binary (it starts with ${magic})`, 0)
  const version = hex(reader.take(4))
  if (version === '0d 00 01 00') reader.fail('this is a Wasm component, not a core module', 4)
  if (version !== '01 00 00 00') {
    reader.fail(`Wasm version ${version} is not supported, only 01 00 00 00`, 4)
  }
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ')
}
