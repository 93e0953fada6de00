import { EwsError } from '@extism-ws/protocol'
import { limitMemory, listExports, renameImportModule } from '@extism-ws/wasm'

import { wasiNamespace } from './wasi.js'

const pageBytes = 65_536

/** A module as this host loads it. */
export interface PreparedModule {
  readonly compiled: WebAssembly.Module
  /** Whether it was made by our compiler, and takes part in the attach handshake. */
  readonly attachable: boolean
}

/**
 * Gives a module a memory maximum, whoever made it, and compiles it.
 *
 * @throws {EwsError} `EWS_BAD_MODULE` when it is no Wasm module, or needs more memory at the start.
 */
export async function prepareModule(
  bytes: Uint8Array,
  memoryBytes: number,
): Promise<PreparedModule> {
  try {
    const limited = limitMemory(bytes, Math.floor(memoryBytes / pageBytes))
    const attachable = listExports(limited).some(({ name }) => name === '__ews_attach')
    const ready = attachable
      ? renameImportModule(limited, 'wasi_snapshot_preview1', wasiNamespace)
      : limited
    return { compiled: await WebAssembly.compile(ready as BufferSource), attachable }
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new EwsError('EWS_BAD_MODULE', `cannot load the module: ${why}`, { cause })
  }
}
