import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { EwsError } from '@extism-ws/protocol'

/** Where a module comes from; Extism's manifest forms except compiled modules. */
export type WasmSource = ({ data: Uint8Array } | { path: string } | { url: string | URL }) & {
  name?: string
  /** SHA-256 of the file, in hex. */
  hash?: string
}

/** An Extism manifest. */
export interface Manifest {
  wasm: WasmSource[]
  config?: Record<string, string>
  /**
   * Hosts that the plugin may send HTTP requests to, and connect to with TLS: `example.com`, `*.example.com`,
   * `*`.
   */
  allowedHosts?: readonly string[]
}

/** What a plugin can be created from: a path, a URL, bytes, or a manifest. */
export type ManifestLike = Manifest | string | URL | Uint8Array | ArrayBuffer

/** A module's bytes, and where its source map would lie. */
interface LoadedModule {
  readonly bytes: Uint8Array
  readonly name: string | undefined
  readonly path: string | undefined
}

/** A manifest whose modules were read. */
interface LoadedManifest {
  readonly modules: readonly LoadedModule[]
  readonly config: Readonly<Record<string, string>>
  readonly allowedHosts: readonly string[]
}

/** Reads every module of a manifest. */
export async function loadManifest(manifest: ManifestLike): Promise<LoadedManifest> {
  const { wasm, config, allowedHosts } = normalise(manifest)
  // Manifests may come from JSON, where null stands for what is not there.
  const hosts: unknown = allowedHosts ?? []
  if (!Array.isArray(wasm) || wasm.length === 0) {
    throw new EwsError(
      'EWS_BAD_MODULE',
      'the manifest names no module: "wasm" must be a non-empty array',
    )
  }
  if (!isHosts(hosts)) {
    throw new EwsError(
      'EWS_BAD_MODULE',
      `the manifest's "allowedHosts" must be an array of hosts, got ${JSON.stringify(hosts)}`,
    )
  }
  return {
    modules: await Promise.all(wasm.map(loadModule)),
    config: config ?? {},
    allowedHosts: hosts,
  }
}

function normalise(manifest: ManifestLike): Manifest {
  if (typeof manifest === 'string') {
    return { wasm: [/^(https?|file):/.test(manifest) ? { url: manifest } : { path: manifest }] }
  }
  if (manifest instanceof URL) return { wasm: [{ url: manifest }] }
  if (manifest instanceof ArrayBuffer) return { wasm: [{ data: new Uint8Array(manifest) }] }
  if (manifest instanceof Uint8Array) return { wasm: [{ data: manifest }] }
  return manifest
}

function isHosts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((host) => typeof host === 'string')
}

async function loadModule(source: WasmSource): Promise<LoadedModule> {
  const { bytes, path } = await read(source)
  if (source.hash !== undefined) {
    const actual = createHash('sha256').update(bytes).digest('hex')
    if (actual !== source.hash.toLowerCase()) {
      throw new EwsError(
        'EWS_BAD_MODULE',
        `the module's SHA-256 is ${actual}, the manifest says ${source.hash}`,
      )
    }
  }
  return { bytes, name: source.name, path }
}

async function read(source: WasmSource): Promise<{ bytes: Uint8Array; path: string | undefined }> {
  if ('data' in source) return { bytes: source.data, path: undefined }
  const place = 'path' in source ? source.path : new URL(source.url)
  if (place instanceof URL && place.protocol !== 'file:') {
    const response = await fetch(place)
    if (!response.ok) {
      throw new EwsError(
        'EWS_BAD_MODULE',
        `${place.href} answered with HTTP status ${response.status}`,
      )
    }
    return { bytes: new Uint8Array(await response.arrayBuffer()), path: undefined }
  }
  try {
    const path = place instanceof URL ? fileURLToPath(place) : place
    return { bytes: await readFile(place), path }
  } catch (cause) {
    throw new EwsError(
      'EWS_BAD_MODULE',
      `cannot read the module ${String(place)}: ${String(cause)}`,
      { cause },
    )
  }
}
