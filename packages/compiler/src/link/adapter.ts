import type { Signature } from '@extism-ws/protocol'
import { call, functionBody, localGet, op, type Code } from '@extism-ws/wasm'

import { cellBytes, load, store } from './cell.js'

/**
 * The body of an adapter, whose one parameter is an address: loads the arguments from cells there,
 * calls the host function and stores its result in the first cell (packages/engine/glue/host.ts is
 * the other side).
 */
export function adapterBody({ params, result }: Signature, functionIndex: number): Uint8Array {
  const cells = localGet(0)
  const args: Code[] = params.flatMap(([, type], i) => [cells, load[type](i * cellBytes)])
  if (result === undefined) return functionBody([], ...args, call(functionIndex), op.end)
  return functionBody([], cells, ...args, call(functionIndex), store[result](0), op.end)
}
