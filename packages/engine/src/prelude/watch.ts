import { warnAtBuild } from './stage.js'

/**
 * Puts in place of what reads the clock or the random numbers what also warns: called at the top
 * level of a plugin, it gives every instance the same value. Code that keeps a reference keeps a
 * watched one, which behaves the same.
 *
 * @returns takes it back.
 */
export function watchBuild(): () => void {
  const { random } = Math
  const { now } = Date
  const BuiltinDate = Date
  const watchedRandom = watched('Math.random', random)
  const watchedNow = watched('Date.now', now)
  // `new Date()` and `Date()` read the clock, `new Date(0)` does not.
  const WatchedDate = new Proxy(BuiltinDate, {
    construct: (target, args, newTarget) => {
      if (args.length === 0) warnAtBuild('new Date()')
      return Reflect.construct(target, args, newTarget) as object
    },
    apply: (target, self, args) => {
      warnAtBuild('Date()')
      return Reflect.apply(target, self, args) as string
    },
  })
  Math.random = watchedRandom
  BuiltinDate.now = watchedNow
  globalThis.Date = WatchedDate
  return () => {
    // Not what the author's code has replaced meanwhile.
    if (Math.random === watchedRandom) Math.random = random
    if (BuiltinDate.now === watchedNow) BuiltinDate.now = now
    if (globalThis.Date === WatchedDate) globalThis.Date = BuiltinDate
  }
}

function watched<T>(api: string, read: () => T): () => T {
  return () => {
    warnAtBuild(api)
    return read()
  }
}
