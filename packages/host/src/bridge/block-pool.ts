import type { CallContext, HostFunctions } from './sdk.js'

/** Larger blocks are let go of: their memory counts, not their number. */
const largest = 65_536
/** What the pool holds at the most, in bytes. */
const mostBytes = 2 ** 20

/** Where a block begins: addresses of the SDK have the number of the block in the upper 16 bits. */
const base = 48n

/**
 * `alloc` and `free` of `extism:host/env`, in place of the SDK's, whose `free` gives nothing back: it has
 * 32,767 blocks between two resets, freed or not, and a plugin that waits in a call uses one for each
 * message it allocates.
 */
export class BlockPool {
  /** Freed blocks by their exact size: the length of a block is what was asked for. */
  readonly #free = new Map<number, bigint[]>()
  #bytes = 0

  get functions(): HostFunctions {
    return {
      alloc: (context: CallContext, size: bigint) => this.#alloc(context, size),
      free: (context: CallContext, address: bigint) => this.#release(context, address),
    }
  }

  /** The SDK has been reset: addresses mean nothing any more. */
  clear(): void {
    if (this.#bytes === 0) return
    this.#free.clear()
    this.#bytes = 0
  }

  #alloc(context: CallContext, size: bigint): bigint {
    const length = Number(size)
    const address = this.#free.get(length)?.pop()
    if (address === undefined) return context.alloc(size)
    this.#bytes -= length
    return address
  }

  #release(context: CallContext, address: bigint): void {
    const block = context.read(address)
    if (block === null) return
    const bytes = block.bytes()
    const { length } = bytes
    if (length === 0) return
    if (length > largest || this.#bytes + length > mostBytes) return letGo(bytes)
    const same = this.#free.get(length)
    const start = (address >> base) << base
    if (same === undefined) this.#free.set(length, [start])
    else same.push(start)
    this.#bytes += length
  }
}

/** The number of the block is spent; its memory need not be. */
function letGo({ buffer }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer) structuredClone(buffer, { transfer: [buffer] })
}
