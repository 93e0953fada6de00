import { addListener, checkTarget, removeListener, type EventTarget } from './event-target.js'
import type { Listener } from './listener.js'

/** By target and type. The listener stays the same while the handler's value changes. */
const handlers = new WeakMap<object, Map<string, Listener>>()

/**
 * Adds `on…` attributes to a class (HTML §8.1.8.1): a handler keeps the place in the order of
 * listeners that the first one had. An object that cannot be called is a handler that does nothing.
 *
 * @param set is told of every assignment.
 */
export function defineHandlers<Target extends EventTarget<never>>(
  prototype: Target,
  types: readonly string[],
  set: (target: Target, type: string) => void = () => {},
): void {
  for (const type of types) {
    const name = `on${type}`
    // Methods of an object, so that they have the attribute's name.
    const accessors = {
      get [name](): unknown {
        checkTarget(this)
        return handlers.get(this)?.get(type)?.callback ?? null
      },
      set [name](value: unknown) {
        checkTarget(this)
        const target = this as unknown as Target
        assign(target, type, value)
        set(target, type)
      },
    }
    const descriptor = Object.getOwnPropertyDescriptor(accessors, name)
    if (descriptor !== undefined) Object.defineProperty(prototype, name, descriptor)
  }
}

function assign(target: EventTarget<never>, type: string, value: unknown): void {
  const callback =
    typeof value === 'function' || (typeof value === 'object' && value !== null) ? value : null
  const ofTarget = handlers.get(target) ?? new Map<string, Listener>()
  handlers.set(target, ofTarget)
  const known = ofTarget.get(type)
  if (known !== undefined && callback !== null) {
    known.callback = callback
    return
  }
  if (known !== undefined) {
    // Emptied: the next handler is a new listener, behind the others.
    removeListener(target, known)
    ofTarget.delete(type)
  }
  if (callback === null) return
  const added: Listener = {
    type,
    callback,
    capture: false,
    once: false,
    passive: false,
    handler: true,
    removed: false,
  }
  ofTarget.set(type, added)
  addListener(target, added)
}
