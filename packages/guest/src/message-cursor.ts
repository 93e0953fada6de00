import type { Message } from './message-target.js'

/**
 * The oldest messages of a queue as the engine reads them, too (packages/engine/glue/message-reader.ts): an array, whose
 * elements are found soonest. Those that were read are undefined. Those up to `free` may be taken by counting `read` on;
 * there is more to do for the next ones. `bytes` are those of all.
 */
export type Cursor = [messages: (Message | undefined)[], read: number, free: number, bytes: number]
