import { describe, expect, it } from 'vitest'

import { BlockPool } from '../src/bridge/block-pool.js'
import type { CallContext } from '../src/bridge/sdk.js'

/** Blocks as the SDK has them: numbered in the upper 16 bits, never given back. */
class Blocks implements CallContext {
  readonly all: Uint8Array<ArrayBuffer>[] = [new Uint8Array(1)]

  read(address: bigint): { bytes(): Uint8Array } | null {
    const block = this.all[Number(address >> 48n)]
    return block === undefined ? null : { bytes: () => block }
  }

  store(data: string | Uint8Array): bigint {
    this.all.push(new Uint8Array(Buffer.from(data)))
    return BigInt(this.all.length - 1) << 48n
  }

  alloc(size: bigint): bigint {
    return this.store(new Uint8Array(Number(size)))
  }
}

type Functions = Record<'alloc' | 'free', (context: CallContext, value: bigint) => bigint>

describe('the pool of Extism blocks', () => {
  it('gives a freed block to the next who wants one of that size', () => {
    const pool = new BlockPool()
    const { alloc, free } = pool.functions as Functions
    const blocks = new Blocks()
    for (let i = 0; i < 100_000; i++) free(blocks, alloc(blocks, BigInt(1 + (i % 50))))
    expect(blocks.all).toHaveLength(51)
  })

  it('never gives out a block whose length is another one', () => {
    const { alloc, free } = new BlockPool().functions as Functions
    const blocks = new Blocks()
    free(blocks, alloc(blocks, 10n))
    expect(blocks.read(alloc(blocks, 9n))?.bytes()).toHaveLength(9)
    expect(blocks.read(alloc(blocks, 10n))?.bytes()).toHaveLength(10)
  })

  it('frees a block by any address in it', () => {
    const { alloc, free } = new BlockPool().functions as Functions
    const blocks = new Blocks()
    const address = alloc(blocks, 10n)
    free(blocks, address + 4n)
    expect(alloc(blocks, 10n)).toBe(address)
  })

  it('lets the memory of large blocks go, and of what is more than it holds', () => {
    const { alloc, free } = new BlockPool().functions as Functions
    const blocks = new Blocks()
    free(blocks, alloc(blocks, 100_000n))
    expect(blocks.all.at(-1)).toHaveLength(0)
    const many = Array.from({ length: 40 }, () => alloc(blocks, 65_536n))
    for (const address of many) free(blocks, address)
    expect(blocks.all.slice(2).filter(({ length }) => length > 0)).toHaveLength(16)
  })

  it('forgets everything when the SDK has been reset', () => {
    const pool = new BlockPool()
    const { alloc, free } = pool.functions as Functions
    const blocks = new Blocks()
    const address = alloc(blocks, 10n)
    free(blocks, address)
    pool.clear()
    expect(alloc(blocks, 10n)).not.toBe(address)
  })

  it('ignores addresses of no block, and what was let go of', () => {
    const { alloc, free } = new BlockPool().functions as Functions
    const blocks = new Blocks()
    const address = alloc(blocks, 100_000n)
    free(blocks, address)
    free(blocks, address)
    free(blocks, 77n << 48n)
    free(blocks, -1n)
  })
})
