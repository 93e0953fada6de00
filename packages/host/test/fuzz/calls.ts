import { directFunctions, portableFunctions, type Signature } from '@extism-ws/protocol'
import fc from 'fast-check'

import type { Piece } from './pieces.js'

/** A host function's call by a guest that may be hostile. */
export interface HostCall {
  readonly name: string
  readonly args: readonly (number | bigint)[]
}

/** Numbers at the edges of what Wasm's i32 can be, as JavaScript gets to see it. */
const edges = [0, 1, -1, 2, 7, 8, 16, 64, 65_535, 65_536, 2 ** 31 - 1, -(2 ** 31)]
const hostile = fc.oneof(fc.constantFrom(...edges), fc.integer())
const hostile64 = fc.oneof(
  hostile.map(BigInt),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
)

export interface CallSettings {
  /** Bytes of the guest's memory. */
  readonly memoryBytes: number
  readonly pieces: readonly Piece[]
  /** The portable layer's offset of each piece. */
  readonly blocks: readonly bigint[]
  readonly timeouts: readonly number[]
}

/** Calls of every host function of both layers, one as often as the other. */
export function hostCalls(settings: CallSettings): fc.Arbitrary<HostCall> {
  const functions: [string, Signature][] = Object.entries({
    ...portableFunctions,
    ...directFunctions,
  })
  return fc.oneof(...functions.map(([name, { params }]) => callOf(name, params, settings)))
}

function callOf(
  name: string,
  params: Signature['params'],
  settings: CallSettings,
): fc.Arbitrary<HostCall> {
  const direct = name.startsWith('ws_direct_')
  const parts: fc.Arbitrary<readonly (number | bigint)[]>[] = []
  const names = params.map(([param]) => param)
  for (const [at, param] of names.entries()) {
    if (param === 'length' || param === 'capacity') continue
    const next = names[at + 1]
    if (['request', 'data', 'block', 'reason'].includes(param)) {
      const sized = next === 'length' || next === 'capacity'
      parts.push(direct ? ranges(settings) : blocks(settings, sized))
    } else {
      parts.push(numbers(param, settings).map((number) => [number]))
    }
  }
  return fc.tuple(...parts).map((args) => ({ name, args: args.flat() }))
}

/** A number of one meaning: mostly one that could be right. */
function numbers(param: string, { timeouts }: CallSettings): fc.Arbitrary<number> {
  const likely: Record<string, fc.Arbitrary<number>> = {
    socket: fc.integer({ min: 0, max: 6 }),
    kind: fc.constantFrom(1, 2, 3, 9),
    code: fc.constantFrom(0, 1000, 3000, 4999, 1005, 1006, 5000, -1000),
    step: fc.integer({ min: -1, max: 7 }),
    paused: fc.constantFrom(0, 1, -1),
  }
  // Never one that would make the guest wait for longer than the test.
  if (param === 'timeout_ms') return fc.constantFrom(...timeouts)
  return fc.oneof(
    { weight: 4, arbitrary: likely[param] ?? hostile },
    { weight: 1, arbitrary: hostile },
  )
}

/** Pointer and length: of a piece, of a piece cut short, of room for events, or of anything. */
function ranges({ pieces, memoryBytes }: CallSettings): fc.Arbitrary<readonly number[]> {
  const piece = fc.constantFrom(...pieces)
  return fc.oneof(
    { weight: 4, arbitrary: piece.map(({ offset, bytes }) => [offset, bytes.length]) },
    { weight: 1, arbitrary: fc.tuple(piece, hostile).map(([{ offset }, n]) => [offset, n]) },
    { weight: 2, arbitrary: fc.integer({ min: 0, max: 4096 }).map((n) => [memoryBytes - n, n]) },
    { weight: 1, arbitrary: fc.constant([memoryBytes - 4, 5]) },
    { weight: 1, arbitrary: fc.tuple(hostile, hostile) },
  )
}

/** The same in the portable layer; without a length it is that of the block. */
function blocks(
  settings: CallSettings,
  sized: boolean,
): fc.Arbitrary<readonly (number | bigint)[]> {
  const known = fc.integer({ min: 0, max: settings.pieces.length - 1 })
  const right = known.map((at) => [
    settings.blocks[at] ?? 0n,
    settings.pieces[at]?.bytes.length ?? 0,
  ])
  const offsets = fc.oneof(fc.constantFrom(0n, ...settings.blocks), hostile64)
  if (!sized) {
    return fc.oneof(
      { weight: 3, arbitrary: right.map(([offset = 0n]) => [offset]) },
      { weight: 1, arbitrary: offsets.map((offset) => [offset]) },
    )
  }
  return fc.oneof(
    { weight: 3, arbitrary: right },
    { weight: 2, arbitrary: fc.tuple(offsets, hostile) },
  )
}
