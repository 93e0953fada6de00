import { basename } from 'node:path'

import type { ManifestLike } from '../module/manifest.js'

/** Characters of a name: it is in every line and in every time series. */
const most = 100
const unfit = /[\p{Cc}\p{Zl}\p{Zp}]/u

/**
 * A name that the integrator gave.
 *
 * @throws {TypeError} for one that is no text of 1 to 100 characters, or has control characters.
 */
export function checkName(name: string): string {
  const fits = typeof name === 'string' && name.trim() !== '' && name.length <= most
  if (fits && !unfit.test(name)) return name
  throw new TypeError(
    `name must be a text of 1 to ${most} characters without line breaks and control characters, got ${JSON.stringify(name)}`,
  )
}

/** What a plugin is called after: its file's name without extension, or its module's name. */
export function nameOf(manifest: ManifestLike): string | undefined {
  if (typeof manifest === 'string') return nameOfPlace(manifest)
  if (manifest instanceof URL) return nameOfPlace(manifest.href)
  if (manifest instanceof ArrayBuffer || manifest instanceof Uint8Array) return undefined
  // Manifests may come from JSON, and are checked elsewhere.
  const modules: unknown = manifest?.wasm
  if (!Array.isArray(modules)) return undefined
  const sources: readonly Partial<Record<'name' | 'path' | 'url', unknown>>[] = modules
  const main = sources.find((source) => source?.name === 'main') ?? sources.at(-1)
  const { name, path, url } = main ?? {}
  // `main` is what Extism calls the module that is called: it names none.
  if (typeof name === 'string' && name !== 'main') return fitting(name)
  if (typeof path === 'string') return nameOfPlace(path)
  if (url === undefined || url === null) return undefined
  return nameOfPlace(String(url))
}

function nameOfPlace(place: string): string | undefined {
  const path = /^(https?|file):/.test(place) ? pathOf(place) : place
  return fitting(basename(path).replace(/\.[^.]+$/, ''))
}

function pathOf(url: string): string {
  try {
    return decodeURIComponent(new URL(url).pathname)
  } catch {
    return ''
  }
}

function fitting(name: string): string | undefined {
  const cut = name.slice(0, most)
  return cut.trim() === '' || unfit.test(cut) ? undefined : cut
}
