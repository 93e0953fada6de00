import { namespace, type Signature } from '@extism-ws/protocol'
import {
  appendFunction,
  appendToTable,
  insertFunctionImports,
  ValueType,
  type FuncType,
  type Module,
} from '@extism-ws/wasm'

import { adapterBody } from './adapter.js'
import { signatureLetters } from './cell.js'

/** Where the engine finds a host function, see `HostSlot` of the guest library. */
export interface Slot {
  readonly slot: number
  readonly signature: string
}

/**
 * Imports host functions into the engine: each gets an adapter in the function table, because the
 * engine was built without knowing them.
 *
 * @returns the slots, by name.
 */
export function linkHostFunctions(
  module: Module,
  functions: ReadonlyMap<string, Signature>,
): Record<string, Slot> {
  if (functions.size === 0) return {}
  const entries = [...functions]
  const imported = insertFunctionImports(
    module,
    entries.map(([name, signature]) => ({
      module: namespace,
      name,
      type: functionType(signature),
    })),
  )
  const adapters = entries.map(([, signature], i) =>
    appendFunction(
      module,
      { params: [ValueType.i32], results: [] },
      adapterBody(signature, imported[i] ?? 0),
    ),
  )
  const first = appendToTable(module, adapters)
  return Object.fromEntries(
    entries.map(([name, signature], i) => [
      name,
      { slot: first + i, signature: signatureLetters(signature) },
    ]),
  )
}

function functionType({ params, result }: Signature): FuncType {
  return {
    params: params.map(([, type]) => ValueType[type]),
    results: result === undefined ? [] : [ValueType[result]],
  }
}
