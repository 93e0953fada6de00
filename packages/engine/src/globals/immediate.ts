import { define } from './define.js'
import { loop, native } from './engine.js'

type Callback = (...args: unknown[]) => unknown

/** Node's `setImmediate`, for libraries that look for it: a timer that is due at once. */
function setImmediate(callback: unknown, ...args: unknown[]): number {
  if (typeof callback !== 'function') {
    throw new TypeError('setImmediate: the handler must be a function')
  }
  return loop.timers.start(callback as Callback, 0, args, native.now(), false)
}

define({ setImmediate, clearImmediate: (id?: unknown): void => loop.timers.stop(id) })
