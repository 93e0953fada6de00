import { engineSymbol, type Engine, type HostSlot } from '@extism-ws/guest/engine'
import { restartExport } from '@extism-ws/protocol'
import { failureOf, Loop, type ExportSignature, type PluginExport } from '@extism-ws/guest/loop'

import { hostCall } from './host-call.js'
import { native } from './native.js'
import {
  endOfBuild,
  keepLine,
  linesOfBuild,
  needHost,
  warnAtBuild,
  warningsOfBuild,
} from './stage.js'
import { watchBuild } from './watch.js'

const { log } = native
// The loop reports errors while the plugin is built as well: by a log that is not there yet.
native.log = (level, text) => {
  if (!keepLine(level, text)) log(level, text)
}

export const loop = new Loop(native)

/** Filled in by `link`, before the author's code is evaluated. */
export const hostFunctions: Record<string, HostSlot> = {}
/** Of Extism, as far as this plugin's globals need them. */
const extismFunctions: Record<string, HostSlot> = {}

native.enter(
  (index) => loop.call(index),
  () => loop.dispatch(),
  () => loop.pending(),
  (error) => loop.interrupted(error),
  (promise, reason, handled) => loop.rejections.track(promise, reason, handled !== 0),
  (error) => JSON.stringify(failureOf(error)),
)

/** What the guest library and the scripts of src/globals see. */
export interface PreludeEngine extends Engine {
  readonly native: typeof native
  readonly extismFunctions: Readonly<Record<string, HostSlot>>
  readonly hostCall: typeof hostCall
  /** Throws while the plugin is built: there is no host to ask yet. */
  needHost: typeof needHost
  /** Has the build warn that this was called at the top level. */
  warnAtBuild: typeof warnAtBuild
}

/** And the calls by which the compiler puts a plugin together. */
interface CompilerEngine extends PreludeEngine {
  /** After the author's code: the host functions that this plugin imports. */
  link(functions: Record<string, HostSlot>, extism: Record<string, HostSlot>): void
  /** Right before it: from here on, what differs between instances warns. */
  watch(): void
  /**
   * After it: the entry module's exports, and the Wasm signatures of those that an interface file
   * names. Answers, as JSON, the names of those that are functions, what the code printed while it
   * was loaded, and what it should not have read then.
   */
  define(module: Record<string, unknown>, signatures?: Record<string, ExportSignature>): string
}

let unwatch = (): void => {}

const engine: CompilerEngine = {
  native,
  loop,
  hostFunctions,
  extismFunctions,
  hostCall,
  needHost,
  warnAtBuild,
  tracked: false,
  link: (functions, extism) => {
    Object.assign(hostFunctions, functions)
    Object.assign(extismFunctions, extism)
  },
  watch: () => {
    unwatch = watchBuild()
  },
  define: (module, signatures) => {
    const functions = Object.entries(module).filter(([, value]) => typeof value === 'function')
    unwatch()
    endOfBuild()
    // A plugin that cannot go on after a restart need not say what it has handled.
    engine.tracked = functions.some(([name]) => name === restartExport)
    if (engine.tracked) native.track()
    return JSON.stringify({
      exports: loop.define(
        Object.fromEntries(functions) as Record<string, PluginExport>,
        signatures,
      ),
      lines: linesOfBuild.splice(0),
      warnings: warningsOfBuild.splice(0),
    })
  },
}

Object.defineProperty(globalThis, engineSymbol, { value: engine })
