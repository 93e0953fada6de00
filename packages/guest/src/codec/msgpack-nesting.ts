/** How deep a MessagePack value may be nested: as deep as the package's encoder goes. */
const maxDepth = 100

/** Bytes of the length behind each format that has one, from 0xc4 (bin 8) to 0xdf (map 32); 0 for none. */
const lengthBytes = [
  1, 2, 4, 1, 2, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 4, 2, 4, 2, 4,
]

/** Bytes of the value behind the others, from 0xca (float 32) to 0xd8 (fixext 16). */
const valueBytes = [4, 8, 1, 2, 4, 8, 1, 2, 4, 8, 2, 3, 5, 9, 17]

/**
 * Steps over one MessagePack value (https://github.com/msgpack/msgpack/blob/master/spec.md) without making
 * anything of it. The decoder makes arrays as large as their headers claim, and nests them as deep as the
 * message says, before it finds out that the rest is missing: a small message could keep a plugin busy for
 * longer than it may run.
 *
 * @throws {RangeError} when it is nested too deep, or is longer than the message.
 */
export function checkNesting(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  /** Elements that are left of each array or map around this one. */
  const around: number[] = []
  let left = 1
  let at = 0
  for (;;) {
    while (left === 0) {
      const outer = around.pop()
      if (outer === undefined) return
      left = outer
    }
    left--
    const format = bytes[at++]
    if (format === undefined) throw new RangeError('truncated')
    // Small integers.
    if (format < 0x80 || format >= 0xe0) continue
    let elements = 0
    if (format < 0xa0) {
      elements = format < 0x90 ? 2 * (format & 0x0f) : format & 0x0f
    } else if (format < 0xc0) {
      at += format & 0x1f
    } else {
      const size = lengthBytes[format - 0xc4] ?? 0
      if (size === 0) {
        at += valueBytes[format - 0xca] ?? 0
        continue
      }
      const length = lengthAt(view, at, size)
      at += size
      if (format >= 0xde) elements = 2 * length
      else if (format >= 0xdc) elements = length
      // An extension has its type behind its length.
      else at += length + (format >= 0xc7 && format <= 0xc9 ? 1 : 0)
    }
    if (elements === 0) continue
    if (elements > bytes.length - at) throw new RangeError('truncated')
    if (around.push(left) > maxDepth) throw new RangeError(`nested deeper than ${maxDepth}`)
    left = elements
  }
}

function lengthAt(view: DataView, at: number, size: number): number {
  if (size === 1) return view.getUint8(at)
  return size === 2 ? view.getUint16(at) : view.getUint32(at)
}
