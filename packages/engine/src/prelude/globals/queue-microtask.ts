import { loop } from '../loop.js'

/** HTML §8.8: the callback runs as a promise job; what it throws is reported. */
export function queueMicrotask(callback: unknown): void {
  if (typeof callback !== 'function')
    throw new TypeError('queueMicrotask: the callback must be a function')
  void Promise.resolve().then(() => {
    try {
      callback()
    } catch (error) {
      loop.report(error)
    }
  })
}
