import { engineSymbol, type DirectNatives, type Engine } from '../engine.js'
import { Loop } from '../loop/index.js'
import { JsPdkPlatform } from './platform.js'

// Set up while the module is loaded: it comes before the author's, whose top level may set a timer.

/** The portable layer asks for these two only. */
const withoutNatives = {
  runJobs: () => 0,
  timedOut: () => false,
} as unknown as DirectNatives

export const platform = new JsPdkPlatform()
export const loop = new Loop(platform)

const engine: Engine = { native: withoutNatives, loop, tracked: true, hostFunctions: {} }
Object.defineProperty(globalThis, engineSymbol, { value: engine, configurable: true })

type Callback = (...args: unknown[]) => unknown

const timers = {
  setTimeout: (callback: Callback, delay?: unknown, ...args: unknown[]) =>
    loop.timers.start(callback, delay, args, platform.now(), false),
  setInterval: (callback: Callback, delay?: unknown, ...args: unknown[]) =>
    loop.timers.start(callback, delay, args, platform.now(), true),
  clearTimeout: (id?: unknown) => loop.timers.stop(id),
  clearInterval: (id?: unknown) => loop.timers.stop(id),
}

// js-pdk has none.
for (const [name, value] of Object.entries(timers)) {
  if (name in globalThis) continue
  Object.defineProperty(globalThis, name, { value, writable: true, configurable: true })
}
