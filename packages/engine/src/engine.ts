import { readFile } from 'node:fs/promises'

/** The engine with its prelude, as built: every build function is exported. */
export async function loadEngine(): Promise<Uint8Array> {
  return readFile(new URL('./engine.wasm', import.meta.url))
}
