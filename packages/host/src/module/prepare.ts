import { EwsError, namespace } from '@extism-ws/protocol'
import { limitMemory, listExports, listImports, renameImportModule } from '@extism-ws/wasm'

import { extismHttpNames, extismHttpNamespace } from './extism-http.js'
import { wasiNamespace } from './wasi.js'

const pageBytes = 65_536
export const extismNamespace = 'extism:host/env'

/** A module as this host loads it. */
export interface PreparedModule {
  readonly compiled: WebAssembly.Module
  /** Whether it was made by our compiler, and takes part in the attach handshake. */
  readonly attachable: boolean
  /** Whether it wants Extism's own HTTP of the SDK. */
  readonly usesExtismHttp: boolean
  /** Whether it calls host functions that wait: only a synchronous author does. */
  readonly waits: boolean
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
    const ready = attachable ? withOurImports(limited) : limited
    const usesExtismHttp = listImports(ready).some(
      ({ module, name }) => module === extismNamespace && name === 'http_request',
    )
    const compiled = await WebAssembly.compile(ready as BufferSource)
    return { compiled, attachable, usesExtismHttp, waits: waits(ready, attachable) }
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new EwsError('EWS_BAD_MODULE', `cannot load the module: ${why}`, { cause })
  }
}

/** The loop of our engine polls without waiting; whoever receives from one socket waits for it. */
function waits(bytes: Uint8Array, attachable: boolean): boolean {
  return listImports(bytes).some(
    ({ module, name }) =>
      module === namespace &&
      (/^ws_(direct_)?receive$/.test(name) || (!attachable && /^ws_(direct_)?poll$/.test(name))),
  )
}

/** A module of our compiler gets WASI and Extism's HTTP from us, not from the SDK. */
function withOurImports(bytes: Uint8Array): Uint8Array {
  const own = renameImportModule(bytes, 'wasi_snapshot_preview1', wasiNamespace)
  return renameImportModule(own, extismNamespace, extismHttpNamespace, extismHttpNames)
}
