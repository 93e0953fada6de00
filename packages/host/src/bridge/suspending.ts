type AnyFunction = (...args: never[]) => unknown

const AsyncFunction = (async () => {}).constructor

/**
 * Marks a function that may answer with a promise, for SDK 2 to suspend the guest: it looks for async
 * functions. This one need not be async, and then costs no turn when its answer is there already.
 */
export function suspending<F extends AnyFunction>(run: F): F {
  return Object.defineProperty(run, 'constructor', { value: AsyncFunction })
}
