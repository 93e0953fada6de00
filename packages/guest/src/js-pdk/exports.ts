import { abiVersion, Feature, type engineExports, type GuestExport } from '@extism-ws/protocol'

import type { ExportSignature, PluginExport } from '../loop/index.js'
import { loop, platform } from './engine.js'

/** What a plugin exports by `module.exports`, for the official compiler. */
export type JsPdkExports = Record<string, JsPdkExport>

type JsPdkExport = (...args: (number | bigint)[]) => number | bigint

/** The exports by which a host attaches itself (docs/abi.md §4), but for those that need natives. */
const attachExports: Record<Exclude<GuestExport, (typeof engineExports)[number]>, JsPdkExport> = {
  __ews_attach: (features = 0) => {
    // Without natives there is no direct layer, whatever the host offers.
    platform.attachedFeatures = Number(features) & ~Feature.direct
    return abiVersion
  },
  __ews_dispatch: () => enter(() => loop.dispatch()),
  __ews_deadline: () => loop.deadline(),
  __ews_pending: () => loop.pending(),
}

/**
 * Puts the event loop around an author's exports, in a plugin that the official compiler makes.
 *
 * Promise jobs run behind an entry there, so that a call of an async export is always pending first.
 *
 * @param signatures of the exports that an interface file declares.
 */
export function jsPdkExports(
  author: Readonly<Record<string, unknown>>,
  signatures: Readonly<Record<string, ExportSignature>> = {},
): JsPdkExports {
  const functions = Object.entries(author).filter(([, value]) => typeof value === 'function')
  const names = loop.define(
    Object.fromEntries(functions) as Record<string, PluginExport>,
    signatures,
  )
  const exports = names.map((name, index) => {
    const run: JsPdkExport = (...args) => {
      platform.args = args
      return enter(() => loop.call(index))
    }
    return [name, run] as const
  })
  return { ...Object.fromEntries(exports), ...attachExports }
}

/** js-pdk tells the host of a failure when a function throws. */
function enter(run: () => number): number | bigint {
  platform.failure = undefined
  platform.wasmResult = undefined
  const code = run()
  if (platform.failure !== undefined) throw new Error(platform.failure)
  return platform.wasmResult ?? code
}
