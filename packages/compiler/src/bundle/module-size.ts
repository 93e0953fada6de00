import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Metafile } from 'esbuild'

/** How much of a bundle comes from one file. */
export interface ModuleSize {
  /** Path from the author's project, with slashes. */
  readonly file: string
  /** The npm package it belongs to; undefined for the author's own. */
  readonly package: string | undefined
  /** Bytes in the bundle. */
  readonly bytes: number
}

/** @param folder the author's project, which the metafile's paths are relative to. */
export function moduleSizes(metafile: Metafile, folder: string): ModuleSize[] {
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs))
  return (
    inputs
      // What the compiler adds is no module of anyone.
      .filter(([file, { bytesInOutput }]) => bytesInOutput > 0 && !file.startsWith('extism-ws:'))
      .map(([file, { bytesInOutput }]) => ({
        file,
        package: packageOf(file, folder),
        bytes: bytesInOutput,
      }))
      .sort((a, b) => b.bytes - a.bytes || (a.file < b.file ? -1 : 1))
  )
}

function packageOf(file: string, folder: string): string | undefined {
  const [, name] = /.*(?:^|[/:])node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file) ?? []
  if (name !== undefined || !file.startsWith('..')) return name
  // A package of the same workspace is linked, so its real path says nothing of node_modules.
  for (let at = dirname(resolve(folder, file)); at !== dirname(at); at = dirname(at)) {
    const found = nameIn(join(at, 'package.json'))
    if (found !== undefined) return found
  }
  return undefined
}

function nameIn(manifest: string): string | undefined {
  try {
    const { name } = JSON.parse(readFileSync(manifest, 'utf8')) as { name?: unknown }
    return typeof name === 'string' ? name : undefined
  } catch {
    return undefined
  }
}
