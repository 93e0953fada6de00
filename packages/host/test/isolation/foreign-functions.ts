import {
  appendFunction,
  br,
  call,
  exportFunction,
  functionBody,
  i32Const,
  insertFunctionImports,
  op,
  ValueType,
  type Module,
} from '@extism-ws/wasm'

import { foreignModule } from '../foreign-module.js'

const { i32, i64 } = ValueType
const noResult = 0x40

/**
 * A module without an engine of ours: `to_i32` and `to_i64` call the integrator's function of that name,
 * `ping` returns, `trap` does, and `endless` runs for ever.
 */
export function functionsModule(edit: (module: Module) => void = () => {}): Uint8Array {
  return foreignModule(1, (module) => {
    const imports = [
      { name: 'to_i32', result: i32 },
      { name: 'to_i64', result: i64 },
    ].map(({ name, result }) => ({
      module: 'extism:host/user',
      name,
      type: { params: [i32], results: [result] },
    }))
    const indices = insertFunctionImports(module, imports)
    const define = (name: string, ...body: (number | number[])[]): void => {
      const type = { params: [], results: [i32] }
      exportFunction(module, name, appendFunction(module, type, functionBody([], ...body, op.end)))
    }
    for (const [at, { name }] of imports.entries()) {
      define(name, i32Const(7), call(indices[at] ?? 0), op.drop, i32Const(0))
    }
    define('ping', i32Const(0))
    define('endless', op.loop, noResult, br(0), op.end, op.unreachable)
    edit(module)
  })
}

/** The same module, which does not get through its start function. */
export function endlessStart(): Uint8Array {
  return functionsModule((module) => {
    const body = functionBody([], op.loop, noResult, br(0), op.end, op.end)
    module.start = appendFunction(module, { params: [], results: [] }, body)
  })
}
