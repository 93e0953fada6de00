import { engineSymbol, type Engine, type HostSlot } from '@extism-ws/guest/engine'
import { failureOf, Loop, type PluginExport } from '@extism-ws/guest/loop'

import { native } from './native.js'
import { endOfBuild, linesOfBuild } from './stage.js'

export const loop = new Loop(native)

/** Filled in by `link`, before the author's code is evaluated. */
export const hostFunctions: Record<string, HostSlot> = {}

native.enter(
  (index) => loop.call(index),
  () => loop.dispatch(),
  () => loop.deadline(),
  () => loop.pending(),
  (error) => loop.interrupted(error),
  (promise, reason, handled) => loop.rejections.track(promise, reason, handled !== 0),
  (error) => JSON.stringify(failureOf(error)),
)

/** What the guest library sees, and the two calls by which the compiler puts a plugin together. */
const engine: Engine & {
  /** Before the author's code: the host functions that this plugin imports. */
  link(functions: Record<string, HostSlot>): void
  /**
   * After it: the entry module's exports. Answers, as JSON, the names of those that are functions
   * and what the code printed while it was loaded.
   */
  define(module: Record<string, unknown>): string
} = {
  native,
  loop,
  hostFunctions,
  link: (functions) => void Object.assign(hostFunctions, functions),
  define: (module) => {
    const functions = Object.entries(module).filter(([, value]) => typeof value === 'function')
    endOfBuild()
    return JSON.stringify({
      exports: loop.define(Object.fromEntries(functions) as Record<string, PluginExport>),
      lines: linesOfBuild.splice(0),
    })
  },
}

Object.defineProperty(globalThis, engineSymbol, { value: engine })
