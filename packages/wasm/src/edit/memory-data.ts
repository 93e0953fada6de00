import { ByteWriter } from '../bytes/writer.js'
import { op } from '../code/op.js'
import type { DataSegment } from '../module/data.js'
import { nonZeroRuns } from './memory-run.js'

/**
 * Zeros that separate two segments. A segment costs about 8 bytes, so 8 gives the smallest file, but
 * longer segments compress better. The engine with a plugin loaded (1.3 MB of memory):
 *
 *     gap     8: 2,826 segments, 213.9 KB, gzipped 116.3 KB
 *     gap    16: 1,058 segments, 218.6 KB, gzipped 111.4 KB
 *     gap    24:   725 segments, 222.7 KB, gzipped 110.5 KB
 *     gap    64:   381 segments, 234.5 KB, gzipped 109.7 KB
 *     gap 1,024:     3 segments, 290.5 KB, gzipped 109.4 KB
 */
const smallestGap = 24

/** What engines accept (Wasm JavaScript API, "Implementation-defined limits"). */
const mostSegments = 100_000

/** Writes what a memory holds as active segments. Their bytes are copies. */
export function memoryData(memory: Uint8Array, most = mostSegments): DataSegment[] {
  let gap = smallestGap
  let runs = nonZeroRuns(memory, gap)
  while (runs.length > most) {
    gap *= 2
    runs = nonZeroRuns(memory, gap)
  }
  const offsets = new ByteWriter(runs.length * 7)
  const bytes = new ByteWriter(runs.reduce((sum, { start, end }) => sum + end - start, 0))
  const places = runs.map(({ start, end }) => {
    offsets.u8(op.i32Const)
    // Addresses above 2 GiB are the negative numbers of an i32.
    offsets.s32(start)
    offsets.u8(op.end)
    bytes.put(memory.subarray(start, end))
    return { offset: offsets.length, bytes: bytes.length }
  })
  const [allOffsets, allBytes] = [offsets.finish(), bytes.finish()]
  return places.map((place, at) => {
    const before = places[at - 1] ?? { offset: 0, bytes: 0 }
    const offset = allOffsets.subarray(before.offset, place.offset)
    return {
      mode: { kind: 'active', memory: 0, offset },
      bytes: allBytes.subarray(before.bytes, place.bytes),
    }
  })
}
