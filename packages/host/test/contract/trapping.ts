import { renameImportModule } from '@extism-ws/wasm'

/** Host functions of this package never throw. One of the SDK's does, and that is a trap. */
export function trapping(wasm: Uint8Array): Uint8Array {
  const names = new Set(['error_set'])
  return renameImportModule(wasm, 'extism:host/user', 'extism:host/env', names)
}
