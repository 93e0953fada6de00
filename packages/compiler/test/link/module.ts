import {
  appendFunction,
  encodeModule,
  functionBody,
  i32Const,
  i64Load,
  i64Store,
  localGet,
  op,
  ValueType,
  type Module,
} from '@extism-ws/wasm'

/** i64.add */
const i64Add = 0x7c
/** Where the small engine has its cells. */
const cells = 64

/**
 * What the linker needs of an engine: a memory, a table, `ews_cells`, and `ews_call`, which answers
 * its argument and adds up two cells that hold i64, into the first.
 */
export function smallEngine(): Module {
  const module: Module = {
    types: [],
    imports: [],
    functions: [],
    tables: [{ type: ValueType.funcref, limits: { min: 2, max: 2 } }],
    memories: [{ min: 1, max: undefined }],
    globals: [],
    exports: [
      { name: 'memory', kind: 'memory', index: 0 },
      { name: 'table', kind: 'table', index: 0 },
    ],
    start: undefined,
    elements: [],
    dataCount: false,
    code: [],
    data: [],
    customs: [],
  }
  const type = { params: [ValueType.i32], results: [ValueType.i32] }
  const at = (cell: number): number[] => i32Const(cells + 8 * cell)
  const index = appendFunction(
    module,
    type,
    functionBody(
      [],
      ...[at(0), at(0), i64Load(), at(1), i64Load(), i64Add, i64Store()],
      ...[localGet(0), op.end],
    ),
  )
  const cellsAt = appendFunction(module, type, functionBody([], at(0), op.end))
  module.exports.push({ name: 'ews_cells', kind: 'function', index: cellsAt })
  for (const name of ['ews_call', '__ews_attach', '__ews_dispatch', 'qjs_compile']) {
    module.exports.push({ name, kind: 'function', index })
  }
  return module
}

export function instantiate(
  module: Module,
  imports: WebAssembly.Imports = {},
): WebAssembly.Exports {
  const compiled = new WebAssembly.Module(encodeModule(module) as BufferSource)
  return new WebAssembly.Instance(compiled, imports).exports
}
