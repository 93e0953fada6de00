import { constants, deflateRawSync } from 'node:zlib'

import { compressedBit, frame } from './frames.js'

const symbols = ['BTC-USD', 'ETH-USD', 'SOL-USD', 'XRP-USD', 'DOGE-EUR']
const sides = ['buy', 'sell']
const messages = 64

/** A text of so many characters as a feed of prices has it; another one for each number. */
export function ticks(size: number, number: number): string {
  const lines: string[] = []
  // Differs from tick to tick, and is the same in each run.
  let state = number + 1
  const random = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
  for (let length = 0; length < size; length += lines.at(-1)?.length ?? size) {
    lines.push(
      JSON.stringify({
        symbol: symbols[random(symbols.length)],
        price: (random(10_000_000) / 100).toFixed(2),
        quantity: (random(1_000_000) / 10_000).toFixed(4),
        side: sides[random(2)],
        time: 1_718_000_000_000 + random(1_000_000),
      }),
    )
  }
  return `[${lines.join(',')}]`.slice(0, size)
}

/** Frames of such texts, none of which refers to one before: they can be repeated. */
export function tickFrames(size: number): Buffer[] {
  return Array.from({ length: messages }, (_, number) => {
    const compressed = deflateRawSync(ticks(size, number), {
      finishFlush: constants.Z_SYNC_FLUSH,
    })
    // A message ends without the empty block that zlib flushes with (RFC 7692 §7.2.1).
    return frame(compressed.subarray(0, -4), 'text', compressedBit)
  })
}
