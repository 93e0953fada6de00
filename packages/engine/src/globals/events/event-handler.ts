import type { Event } from './event.js'
import type { EventTarget } from './event-target.js'

interface Handler {
  value: ((event: Event) => unknown) | null
  readonly listener: (event: Event) => void
}

const handlers = new WeakMap<EventTarget, Map<string, Handler>>()

/**
 * Adds `on…` attributes to a class (HTML §8.1.8.1): a handler keeps the place in the order of
 * listeners that the first one had.
 *
 * @param set is told of every assignment.
 */
export function defineHandlers<Target extends EventTarget>(
  prototype: Target,
  types: readonly string[],
  set: (target: Target, type: string) => void = () => {},
): void {
  for (const type of types) {
    Object.defineProperty(prototype, `on${type}`, {
      enumerable: true,
      configurable: true,
      get(this: Target) {
        return handlers.get(this)?.get(type)?.value ?? null
      },
      set(this: Target, value: unknown) {
        assign(this, type, value)
        set(this, type)
      },
    })
  }
}

function assign(target: EventTarget, type: string, value: unknown): void {
  const ofTarget = handlers.get(target) ?? new Map<string, Handler>()
  handlers.set(target, ofTarget)
  const wanted = typeof value === 'function' ? (value as Handler['value']) : null
  const known = ofTarget.get(type)
  if (known !== undefined && wanted !== null) {
    known.value = wanted
    return
  }
  if (known !== undefined) {
    // Emptied: the next handler is a new listener, behind the others.
    target.removeEventListener(type, known.listener)
    ofTarget.delete(type)
  }
  if (wanted === null) return
  const handler: Handler = {
    value: wanted,
    listener: (event) => {
      if (handler.value === null) return
      if (Reflect.apply(handler.value, target, [event]) === false) event.preventDefault()
    },
  }
  ofTarget.set(type, handler)
  target.addEventListener(type, handler.listener)
}
