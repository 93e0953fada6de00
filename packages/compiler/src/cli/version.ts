import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** The version of this package. */
export async function ownVersion(): Promise<string> {
  const manifest = new URL('../../package.json', import.meta.url)
  return (await versionIn(manifest)) ?? 'unknown'
}

/** The version of a package that this one depends on. */
export async function versionOfDependency(name: string): Promise<string | undefined> {
  return versionAbove(dirname(createRequire(import.meta.url).resolve(name)), 'package.json')
}

/** The version of a package as a file in `folder` would import it; undefined when there is none. */
export async function installedVersion(name: string, folder: string): Promise<string | undefined> {
  return versionAbove(folder, join('node_modules', name, 'package.json'))
}

async function versionAbove(start: string, manifest: string): Promise<string | undefined> {
  for (let folder = start; ; folder = dirname(folder)) {
    const version = await versionIn(join(folder, manifest))
    if (version !== undefined || folder === dirname(folder)) return version
  }
}

async function versionIn(manifest: string | URL): Promise<string | undefined> {
  try {
    const { version } = JSON.parse(await readFile(manifest, 'utf8')) as { version?: unknown }
    return typeof version === 'string' ? version : undefined
  } catch {
    return undefined
  }
}
