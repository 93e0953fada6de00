import { define } from './define.js'
import { loop } from './engine.js'

type Callback = (...args: unknown[]) => unknown

/** Node's `setImmediate`, for libraries that look for it: runs before the timers of the next turn. */
function setImmediate(callback: unknown, ...args: unknown[]): number {
  if (typeof callback !== 'function') {
    throw new TypeError('setImmediate: the handler must be a function')
  }
  const id = loop.timers.newId()
  loop.immediates.start(id, callback as Callback, args)
  return id
}

define({ setImmediate, clearImmediate: (id?: unknown): void => loop.immediates.stop(id) })
