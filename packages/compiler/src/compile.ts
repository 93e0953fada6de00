import { stat } from 'node:fs/promises'
import { relative } from 'node:path'
import { EwsError } from '@extism-ws/protocol'

import { bundle } from './bundle/bundle.js'
import { makeSnapshot, type BuildLine } from './snapshot/snapshot.js'

export interface CompileOptions {
  /** The entry file: its exported functions become the plugin's exports. */
  readonly entry: string
  /**
   * Whether the plugin uses nothing but the public js-pdk API to reach the host, so that it also
   * runs where the host cannot see its memory. Default: false.
   */
  readonly portable?: boolean
}

export interface CompiledPlugin {
  /** The plugin. */
  readonly wasm: Uint8Array
  /** Source map (JSON) from the bundle to the author's files, to lie beside the plugin. */
  readonly map: string
  /** Exported functions, sorted. */
  readonly exports: readonly string[]
  /** Socket host functions that the plugin imports. */
  readonly imports: readonly string[]
  /** What the author's code printed while it was loaded. */
  readonly lines: readonly BuildLine[]
  /** Warnings of the bundler. */
  readonly warnings: readonly string[]
}

/**
 * Compiles TypeScript or JavaScript to an Extism plugin, in this process.
 *
 * @throws {EwsError} `EWS_BUILD`: the message has the author's file, line and column.
 */
export async function compile(options: CompileOptions): Promise<CompiledPlugin> {
  const { entry, portable = false } = options
  const found = await stat(entry).catch(() => undefined)
  if (found?.isFile() !== true) {
    const where = relative(process.cwd(), entry)
    throw new EwsError('EWS_BUILD', `entry file not found: ${where} (looked in ${process.cwd()})`)
  }
  const bundled = await bundle(entry, { portable })
  const { wasm, exports, lines } = await makeSnapshot(bundled)
  const imports = [...bundled.hostFunctions.keys()]
  return { wasm, map: bundled.map, exports, imports, lines, warnings: bundled.warnings }
}
