import { readRecords, type RawRecord } from '@extism-ws/protocol'

import type { RingReader } from '../../src/worker/ring.js'

/** Reads a ring one by one, messages as everything else. */
export function readOneByOne(reader: RingReader, take: (record: RawRecord) => void): void {
  reader.read((block) => {
    for (const record of readRecords(block)) {
      if (record === undefined) throw new Error('a record of the ring is cut short')
      take(record)
    }
  }, take)
}
