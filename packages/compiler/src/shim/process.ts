/**
 * What a package that was bundled for browsers finds as `process`: the members of the npm package of
 * that name, except that `nextTick` is a microtask. The package's is a timer, which would wait 4 ms
 * each time in a long chain.
 */
export const process = {
  title: 'browser',
  browser: true,
  env: {},
  argv: [],
  version: '',
  versions: {},
  nextTick<Args extends unknown[]>(callback: (...args: Args) => void, ...args: Args): void {
    queueMicrotask(() => callback(...args))
  },
  cwd: (): string => '/',
  umask: (): number => 0,
  listeners: (): [] => [],
  on: ignored,
  once: ignored,
  off: ignored,
  addListener: ignored,
  removeListener: ignored,
  removeAllListeners: ignored,
  prependListener: ignored,
  prependOnceListener: ignored,
  emit: (): boolean => false,
}

/** Nothing happens to a process that is none. */
function ignored() {
  return process
}
