import type { Event } from './event.js'

/** A function, or an object whose `handleEvent` is looked up when an event comes (DOM §2.7). */
export type EventListener<E = Event> = ((event: E) => unknown) | { handleEvent(event: E): unknown }

/** What an event target keeps of a listener. */
export interface Listener {
  readonly type: string
  /** Replaced only for the handler of an `on…` attribute. */
  callback: unknown
  readonly capture: boolean
  readonly once: boolean
  readonly passive: boolean
  /** Whether it is an event handler (HTML §8.1.8.1): false from it cancels the event. */
  readonly handler: boolean
  removed: boolean
  /** Lets the signal go that would have removed it. */
  whenRemoved?: () => void
}
