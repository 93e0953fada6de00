import type { DirectNatives } from '@extism-ws/guest/engine'
import type { Platform } from '@extism-ws/guest/loop'

/** The functions of the glue: `native.x` is `js_x` in packages/engine/glue. */
export interface Native extends DirectNatives, Platform {
  /** Hands the prelude's entry points to the glue. */
  enter(
    call: (index: number) => number,
    dispatch: () => number,
    pending: () => number,
    interrupted: (error: unknown) => number,
    rejection: (promise: object, reason: unknown, handled: number) => void,
    describe: (error: unknown) => string,
  ): void
  /** Monotonic milliseconds. */
  now(): number
  /** Has the host hear how far the guest is with its events. */
  track(): void
  decode(bytes: Uint8Array): string
  /** Null when the bytes are malformed and that is fatal. */
  decode(bytes: Uint8Array, fatal: boolean): string | null
  /** Monotonic milliseconds at this instance's first entry; 0 while the plugin is built. */
  started(): number
  /** A number in [0, 1) from this instance's own seed. */
  random(): number
  randomFill(bytes: Uint8Array): void
  config(key: string): Uint8Array | null
  varGet(key: string): Uint8Array | null
  varSet(key: string, value: string | Uint8Array | null): void
  blockNew(data: string | Uint8Array): number
  blockLength(offset: number): number
  blockRead(offset: number, length: number): Uint8Array
  blockFree(offset: number): void
  /** Calls an imported host function through its adapter. A string is the JSON of its failure. */
  call(slot: number, signature: string, ...args: unknown[]): number | bigint | string | undefined
}

/** The property under which the glue leaves the natives (src/instance.ts). */
const property = '__ews_native'

function take(): Native {
  const holder = globalThis as unknown as Record<string, Native>
  const native = holder[property] as Native // the engine's build has put it there
  delete holder[property]
  return native
}

export const native = take()
