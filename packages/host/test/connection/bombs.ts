import { constants, deflateRawSync } from 'node:zlib'

import { frame } from './hostile-server.js'

const mebibyte = 2 ** 20

/** Zeros as permessage-deflate has them, which can be put behind each other: about a thousandth of their size. */
function zeros(bytes: number): Buffer {
  return deflateRawSync(Buffer.alloc(bytes), { finishFlush: constants.Z_FULL_FLUSH })
}

/** A message ends without the empty block that zlib flushes with (RFC 7692 §7.2.1). */
function ended(compressed: Buffer): Buffer {
  return compressed.subarray(0, -4)
}

/** A gigabyte of zeros in about a megabyte. */
const gigabyte = Buffer.concat(Array<Buffer>(64).fill(zeros(16 * mebibyte)))

/** Bombs of permessage-deflate, each of about a megabyte and a gigabyte. */
export const bombs: readonly [string, Buffer][] = [
  ['one frame', frame(0xc2, ended(gigabyte))],
  [
    'many fragments',
    Buffer.concat([
      frame(0x42, zeros(mebibyte)),
      ...Array<Buffer>(1022).fill(frame(0x00, zeros(mebibyte))),
      frame(0x80, ended(zeros(mebibyte))),
    ]),
  ],
]

/** A message of zeros, compressed. */
export function zeroMessage(bytes: number): Buffer {
  return frame(0xc2, ended(zeros(bytes)))
}
