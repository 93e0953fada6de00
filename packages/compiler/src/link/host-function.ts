import { directFunctions, portableFunctions, type Signature } from '@extism-ws/protocol'
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

/** A host function that a plugin imports. */
export interface HostFunction {
  /** The Wasm module it is imported from. */
  readonly namespace: string
  readonly name: string
  readonly signature: Signature
}

/** Whether it is one of the toolkit's own, and not of the integrator. */
export function isSocketFunction(name: string): boolean {
  return Object.hasOwn(portableFunctions, name) || Object.hasOwn(directFunctions, name)
}

/** Where the engine finds a host function, see `HostSlot` of the guest library. */
export interface Slot {
  readonly name: string
  readonly slot: number
  readonly signature: string
}

/**
 * Imports host functions into the engine: each gets an adapter in the function table, because the
 * engine was built without knowing them.
 *
 * @returns their slots, in order.
 */
export function linkHostFunctions(module: Module, functions: readonly HostFunction[]): Slot[] {
  if (functions.length === 0) return []
  const imported = insertFunctionImports(
    module,
    functions.map(({ namespace, name, signature }) => ({
      module: namespace,
      name,
      type: functionType(signature),
    })),
  )
  const adapters = functions.map(({ signature }, i) =>
    appendFunction(
      module,
      { params: [ValueType.i32], results: [] },
      adapterBody(signature, imported[i] ?? 0),
    ),
  )
  const first = appendToTable(module, adapters)
  return functions.map(({ name, signature }, i) => ({
    name,
    slot: first + i,
    signature: signatureLetters(signature),
  }))
}

function functionType({ params, result }: Signature): FuncType {
  return {
    params: params.map(([, type]) => ValueType[type]),
    results: result === undefined ? [] : [ValueType[result]],
  }
}
