import { realpath, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { EwsError } from '@extism-ws/protocol'

import { bundle } from './bundle/bundle.js'
import type { BuildLine } from './snapshot/load.js'
import { makeSnapshot } from './snapshot/snapshot.js'

export interface CompileOptions {
  /**
   * The entry file: its exported functions become the plugin's exports. Relative paths start at the
   * working directory.
   */
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
  /**
   * Source map (JSON) from the bundle to the author's files, to lie beside the plugin. Its paths
   * are relative to the author's project: the nearest folder with a package.json, or the entry's.
   */
  readonly map: string
  /** Exported functions, sorted. */
  readonly exports: readonly string[]
  /** Socket host functions that the plugin imports. */
  readonly imports: readonly string[]
  /** What the author's code printed while it was loaded: the top level runs at build time. */
  readonly lines: readonly BuildLine[]
  /**
   * What the bundler warns of, and what the top level read that every instance will now share, each
   * with its place in the author's files and an excerpt.
   */
  readonly warnings: readonly string[]
}

/**
 * Compiles TypeScript or JavaScript to an Extism plugin, in this process.
 *
 * @throws {EwsError} `EWS_BUILD`: the message has the author's file, line and column.
 */
export async function compile(options: CompileOptions): Promise<CompiledPlugin> {
  const { portable = false } = options
  const bundled = await bundle(await entryFile(options.entry), { portable })
  const { wasm, exports, lines, warnings: atBuild } = await makeSnapshot(bundled)
  const imports = [...bundled.hostFunctions.keys()]
  const warnings = [...bundled.warnings, ...atBuild]
  return { wasm, map: bundled.map, exports, imports, lines, warnings }
}

async function entryFile(entry: string): Promise<string> {
  const found = await stat(entry).catch((cause: unknown) => {
    const where = resolve(entry) === entry ? '' : ` (${resolve(entry)})`
    throw new EwsError('EWS_BUILD', `entry file not found: ${entry}${where}`, { cause })
  })
  if (found.isFile()) return realpath(entry)
  const what = found.isDirectory() ? 'a folder' : 'not a file'
  throw new EwsError('EWS_BUILD', `the entry must be a file, but ${entry} is ${what}`)
}
