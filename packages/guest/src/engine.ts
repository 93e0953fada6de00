import type { Cursor } from './message-cursor.js'
import type { Loop } from './loop/index.js'

/** A host function that the plugin imports: where to call it, and its signature. */
export interface HostSlot {
  /** Table slot of the adapter. */
  readonly slot: number
  /** A letter per parameter and one for the result: i, j (i64), f, d, and v for none. */
  readonly signature: string
}

/** The natives of the direct layer, see packages/engine/glue/host.ts. */
export interface DirectNatives {
  direct(slot: number, ...args: (number | string | Uint8Array)[]): number
  directRead(slot: number, capacity: number, ...args: number[]): Uint8Array | number
  /**
   * Events are drained from slot `poll` from here on. The host hears by slot `progress` how far the guest is
   * with each, and `thrown` what a target threw.
   */
  listen(
    poll: number,
    progress: number,
    deliver: (...record: never[]) => number | void,
    thrown: (error: unknown) => void,
  ): void
  /**
   * A method `send`: messages of objects that `sender` names are kept until the entry ends, and everything else is
   * left to `slow`. Only natives of plugins of the direct layer have it, as the next.
   */
  sending?<Send>(slow: Send): Send | undefined
  /** The object sends on a socket, by these slots; on none, for 0. */
  sender?(object: object, socket: number, send: number, sendMany: number, room: number): void
  /** Fetches and delivers. */
  poll(timeoutMs: number): number
  /** A dispatch delivers nothing before the loop polls. */
  pollByHand(): void
  /**
   * The messages of a socket go to a function, in a form (`Form`); without one to `deliver`. Of events, how they are
   * made follows.
   */
  target(
    socket: number,
    form: number,
    take: ((...args: never[]) => void) | undefined,
    ...recipe: unknown[]
  ): void
  /**
   * The keys of an event's state and data, of a state's event that is fired, of a listener's function, and what ends
   * the dispatch of an event with a state of its own. Only natives of plugins of the direct layer have it, as the next.
   */
  messageKeys?(
    state: symbol,
    data: symbol,
    firing: string,
    callback: string,
    end: (state: never) => void,
  ): void
  /** A getter of an event's data; `slow` is called for what has none. */
  messageData?<Get>(slow: Get): Get
  /**
   * A method `next` that takes what the holder's cursor lets it take, and leaves the rest to `slow`. Only natives of plugins
   * of the direct layer have it.
   */
  stepping?<Next>(slow: Next, holder: readonly [cursor: Cursor], value: 'value', done: 'done'): Next
  reserve(bytes: number): void
  undelivered(): number
  decode(bytes: Uint8Array): string
  runJobs(): number
  timedOut(): boolean
  /** Monotonic milliseconds; only natives of our engine have a clock. */
  now?(): number
  /** The same at this instance's first entry. */
  started?(): number
  /**
   * A value from MessagePack; undefined for what a decoder in JavaScript must look at. Only natives of plugins of the
   * direct layer have it.
   */
  unpack?(bytes: Uint8Array): unknown
  /** A promise that is fulfilled with a value that is no thenable: cheaper than `Promise.resolve`. */
  resolved?<T>(value: T): Promise<T>
}

/** What the engine's prelude leaves for this library. */
export interface Engine {
  readonly native: DirectNatives
  readonly loop: Loop
  /** Whether the host follows how far the guest is with its events (protocol: Progress). */
  tracked: boolean
  readonly hostFunctions: Readonly<Record<string, HostSlot>>
  /** Left by the script of `Blob`: the bytes of one, not to be changed; undefined for anything else. */
  bytesOfBlob?: (value: unknown) => Uint8Array | undefined
}

/** The registered symbol under which the prelude keeps it: bundles cannot share a module with it. */
export const engineSymbol = Symbol.for('extism-ws.engine')

/** The engine this code runs on, if it does. */
export function findEngine(): Engine | undefined {
  return (globalThis as { [engineSymbol]?: Engine })[engineSymbol]
}

/** The engine this code runs on. */
export function engine(): Engine {
  const found = findEngine()
  if (found === undefined) throw new Error('not inside a plugin made by extism-ws')
  return found
}

export function runJobs(): number {
  return engine().native.runJobs()
}

export function timedOut(): boolean {
  return engine().native.timedOut()
}

/** `Promise.resolve` for what is no thenable, at the least price that there is. */
export function resolver(): <T>(value: T) => Promise<T> {
  return findEngine()?.native.resolved ?? ((value) => Promise.resolve(value))
}
