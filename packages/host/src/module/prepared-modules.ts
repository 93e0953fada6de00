import { createHash } from 'node:crypto'

import { prepareModule, type PreparedModule } from './prepare.js'

/** What is kept of a module for as long as some plugin uses it. */
interface Kept extends Omit<PreparedModule, 'compiled'> {
  readonly compiled: WeakRef<WebAssembly.Module>
}

const kept = new Map<string, Kept>()
const gone = new FinalizationRegistry<string>((key) => {
  // Another one may have taken its place.
  if (kept.get(key)?.compiled.deref() === undefined) kept.delete(key)
})
/** Those that are being prepared: plugins of one file are often made all at once. */
const underWay = new Map<string, Promise<PreparedModule>>()

/**
 * As `prepareModule`, once for the same bytes and bound while a plugin uses them: what it costs is finding
 * out which they are.
 *
 * @throws as `prepareModule`.
 */
export function preparedModule(bytes: Uint8Array, memoryBytes: number): Promise<PreparedModule> {
  const hash = createHash('sha256').update(bytes).digest('base64')
  const key = `${hash} ${memoryBytes}`
  const known = kept.get(key)
  const compiled = known?.compiled.deref()
  if (known !== undefined && compiled !== undefined) {
    return Promise.resolve({ ...known, compiled })
  }
  let preparing = underWay.get(key)
  if (preparing === undefined) {
    preparing = prepare(key, bytes, memoryBytes).finally(() => underWay.delete(key))
    underWay.set(key, preparing)
  }
  return preparing
}

async function prepare(
  key: string,
  bytes: Uint8Array,
  memoryBytes: number,
): Promise<PreparedModule> {
  const prepared = await prepareModule(bytes, memoryBytes)
  kept.set(key, { ...prepared, compiled: new WeakRef(prepared.compiled) })
  gone.register(prepared.compiled, key)
  return prepared
}
