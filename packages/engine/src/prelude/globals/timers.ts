import { loop } from '../loop.js'
import { native } from '../native.js'

type Callback = (...args: unknown[]) => unknown

/** HTML §8.7. Handlers are functions: code as a string is refused, there is no page to run it in. */
function start(callback: unknown, delay: unknown, args: unknown[], repeat: boolean): number {
  if (typeof callback !== 'function') {
    throw new TypeError(`${repeat ? 'setInterval' : 'setTimeout'}: the handler must be a function`)
  }
  return loop.timers.start(callback as Callback, delay, args, native.now(), repeat)
}

export function setTimeout(callback: unknown, delay?: unknown, ...args: unknown[]): number {
  return start(callback, delay, args, false)
}

export function setInterval(callback: unknown, delay?: unknown, ...args: unknown[]): number {
  return start(callback, delay, args, true)
}

/** HTML: an id may be cleared by either function. */
export function clearTimer(id?: unknown): void {
  loop.timers.stop(id)
}
