import type { ValueType as TypeName } from '@extism-ws/protocol'
import {
  call,
  functionBody,
  i32Const,
  localGet,
  localSet,
  op,
  ValueType,
  type Code,
  type FuncType,
} from '@extism-ws/wasm'

import { cellBytes, load, store } from './cell.js'

/** Wasm types of an exported function. */
export interface ExportType {
  readonly params: readonly TypeName[]
  readonly result: TypeName | undefined
}

/** What an Extism host calls: no parameters, and an exit code. */
export const plainExport: ExportType = { params: [], result: 'i32' }

/** The engine's functions that an export calls. */
export interface EntryPoints {
  /** `ews_call(index) -> i32` */
  readonly call: number
  /** `ews_cells(count) -> i32`: where arguments go, and the result comes back. */
  readonly cells: number
}

function isPlain({ params, result }: ExportType): boolean {
  return params.length === 0 && result === 'i32'
}

export function exportFunctionType({ params, result }: ExportType): FuncType {
  return {
    params: params.map((type) => ValueType[type]),
    results: result === undefined ? [] : [ValueType[result]],
  }
}

/**
 * The body of an export: calls the engine with the function's index. Arguments and results of other
 * types than the plain ones cross in cells (packages/engine/glue/cells.ts is the other side).
 */
export function exportBody(type: ExportType, index: number, entry: EntryPoints): Uint8Array {
  if (isPlain(type)) return functionBody([], i32Const(index), call(entry.call), op.end)
  const { params, result } = type
  const cells = params.length
  const stores: Code[] = params.flatMap((param, at) => [
    localGet(cells),
    localGet(at),
    store[param](at * cellBytes),
  ])
  return functionBody(
    [[1, ValueType.i32]],
    i32Const(Math.max(1, params.length)),
    call(entry.cells),
    localSet(cells),
    ...stores,
    i32Const(index),
    call(entry.call),
    op.drop,
    ...(result === undefined ? [] : [localGet(cells), load[result](0)]),
    op.end,
  )
}
