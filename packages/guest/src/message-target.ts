import { Progress } from '@extism-ws/protocol'
import { bridge } from '#bridge'

import { told } from './bridge/bridge.js'

/** One message: text as a string, binary as bytes. */
export type Message = string | Uint8Array

/** How messages are handed over; the engine's glue has the same numbers (packages/engine/glue/targets.ts). */
export const Form = {
  /** One by one, binary as an `ArrayBuffer`. */
  buffer: 1,
  /** One by one. */
  bytes: 2,
  /** Those that lie one behind the other at once, to be kept and read later. */
  batch: 3,
  /** One by one as the data of an event, binary as an `ArrayBuffer`. */
  event: 4,
  /** The same for text; binary is handed over as by `buffer`. */
  textEvent: 5,
} as const

/** How the events of messages are made: for the listener that there is, of this target, with what they have in common. */
type EventRecipe = readonly [listener: object, target: object, state: object, prototype: object]

/** Who takes the messages of a socket. The engine calls it by itself where it can. */
export type MessageTarget =
  | {
      readonly form: typeof Form.event | typeof Form.textEvent
      /** Takes what the engine makes no event of. */
      accept(data: string | ArrayBuffer): void
      readonly recipe: EventRecipe
    }
  | { readonly form: typeof Form.buffer; accept(data: string | ArrayBuffer): void }
  | { readonly form: typeof Form.bytes; accept(message: Message): void }
  | { readonly form: typeof Form.batch; accept(messages: Message[], bytes: number): void }

/** Gives a message to its target, where the engine does not. Returns what became of it. */
export function handOver(
  target: MessageTarget,
  id: number,
  payload: string | ArrayBuffer,
): number | void {
  if (target.form === Form.bytes) {
    // Without a `this`, as the engine calls it.
    const { accept } = target
    accept(messageOf(payload))
  } else if (target.form !== Form.batch) target.accept(payload)
  else {
    // First, because a reader that waits takes it at once.
    bridge().progress(id, Progress.kept)
    target.accept([messageOf(payload)], sizeOf(payload))
    return told
  }
}

/** A message as authors get it. */
export function messageOf(payload: string | ArrayBuffer): Message {
  return typeof payload === 'string' ? payload : new Uint8Array(payload)
}

/** Bytes, or UTF-16 units of text. */
export function sizeOf(payload: string | ArrayBuffer): number {
  return typeof payload === 'string' ? payload.length : payload.byteLength
}
