import type { PluginCall } from './call.js'

/**
 * An exported function of the author's entry module. One whose signature has parameters gets these
 * instead of the call.
 */
export type PluginExport = (call: PluginCall) => unknown

/**
 * Wasm types of an export, where an interface file gives it any: a letter per parameter and one for
 * the result: i, j (i64), f, d, and v for none.
 */
export interface ExportSignature {
  readonly params: string
  readonly result: string
}

/** What a call of an export may pass. */
type ExportArgument = number | bigint | PluginCall

/** An export, ready to be called by its index. */
export interface DefinedExport {
  readonly name: string
  readonly run: (...args: ExportArgument[]) => unknown
  readonly signature: ExportSignature | undefined
}

/** Makes an export of a function of the author's that takes something else than a call. */
export type ExportHook = (author: PluginExport) => PluginExport

/** The exports in the order of their indices: by name. */
export function defineExports(
  exports: Readonly<Record<string, PluginExport>>,
  signatures: Readonly<Record<string, ExportSignature>>,
  hooks: ReadonlyMap<string, ExportHook>,
): DefinedExport[] {
  return Object.entries(exports)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, author]) => {
      const run = hooks.get(name)?.(author) ?? author
      return {
        name,
        run: run as unknown as DefinedExport['run'],
        signature: Object.hasOwn(signatures, name) ? signatures[name] : undefined,
      }
    })
}
