import { abiVersion, Feature, type GuestExport } from '@extism-ws/protocol'

import { engineSymbol, type DirectNatives, type Engine } from '../engine.js'
import { Loop, type PluginExport } from '../loop/index.js'
import { JsPdkPlatform, type JsPdk } from './platform.js'

/** What a plugin exports by `module.exports`, for the official compiler. */
export type JsPdkExports = Record<string, (...args: number[]) => number>

/**
 * Puts the event loop around an author's exports, in a plugin that the official compiler makes:
 * beside them stand the exports by which a host attaches itself (docs/abi.md §4).
 *
 * Promise jobs run behind an entry there, so that a call of an async export is always pending first.
 */
export function jsPdkExports(
  author: Readonly<Record<string, unknown>>,
  pdk: JsPdk = globalThis as unknown as JsPdk,
): JsPdkExports {
  const platform = new JsPdkPlatform(pdk)
  const loop = new Loop(platform)
  const engine: Engine = { native: withoutNatives, loop, hostFunctions: {} }
  Object.defineProperty(globalThis, engineSymbol, { value: engine, configurable: true })

  const functions = Object.entries(author).filter(([, value]) => typeof value === 'function')
  const names = loop.define(Object.fromEntries(functions) as Record<string, PluginExport>)
  /** js-pdk tells the host of a failure when a function throws. */
  const enter = (run: () => number): number => {
    platform.failure = undefined
    const code = run()
    if (platform.failure !== undefined) throw new Error(platform.failure)
    return code
  }
  const exports: JsPdkExports = {}
  names.forEach((name, index) => {
    exports[name] = () => enter(() => loop.call(index))
  })
  const attach: Record<Exclude<GuestExport, '__ews_reserve'>, (...args: number[]) => number> = {
    __ews_attach: (features = 0) => {
      // Without natives there is no direct layer, whatever the host offers.
      platform.attachedFeatures = features & ~Feature.direct
      return abiVersion
    },
    __ews_dispatch: () => enter(() => loop.dispatch()),
    __ews_deadline: () => loop.deadline(),
    __ews_pending: () => loop.pending(),
  }
  return { ...exports, ...attach }
}

/** The portable layer asks for these two only. */
const withoutNatives = {
  runJobs: () => 0,
  timedOut: () => false,
} as unknown as DirectNatives
