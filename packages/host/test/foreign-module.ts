import { namespace } from '@extism-ws/protocol'
import {
  appendFunction,
  call,
  encodeModule,
  exportFunction,
  functionBody,
  i64Const,
  insertFunctionImports,
  i32Const,
  op,
  ValueType,
  type Code,
  type Module,
} from '@extism-ws/wasm'

/** A module that our compiler did not make: a memory of so many pages, and `trap`, which does. */
export function foreignModule(
  pages: number,
  edit: (module: Module) => void = () => {},
): Uint8Array {
  const module: Module = {
    types: [],
    imports: [],
    functions: [],
    tables: [],
    memories: [{ min: pages, max: undefined }],
    globals: [],
    exports: [{ name: 'memory', kind: 'memory', index: 0 }],
    start: undefined,
    elements: [],
    dataCount: false,
    code: [],
    data: [],
    customs: [],
  }
  define(module, 'trap', [], undefined, op.unreachable)
  edit(module)
  return encodeModule(module)
}

/** Gives the module an exported function with this body. */
function define(
  module: Module,
  name: string,
  params: ValueType[],
  result: ValueType | undefined,
  ...body: Code[]
): void {
  const type = { params, results: result === undefined ? [] : [result] }
  const index = appendFunction(module, type, functionBody([], ...body, op.end))
  exportFunction(module, name, index)
}

/** f64.const inf */
const never = [0x44, 0, 0, 0, 0, 0, 0, 0xf0, 0x7f]

/** A guest that takes part in the attach handshake, and answers `deadline` with an i64. */
export function oddGuest(attach: Code[]): Uint8Array {
  const { i32, i64 } = ValueType
  return foreignModule(1, (module) => {
    define(module, '__ews_attach', [i32, i32, i32, i32], i32, ...attach)
    define(module, '__ews_dispatch', [], i32, i32Const(0))
    define(module, '__ews_deadline', [], i64, i64Const(5))
    define(module, '__ews_pending', [], i32, i32Const(-3))
    define(module, 'run', [], i32, i32Const(0))
  })
}

/**
 * A guest that says where it keeps what it has sent: `unsent` is the address. Its export `open` connects to the URL; what
 * `memory` says, by address, is there from the start.
 */
export function keepingGuest(
  url: string,
  unsent: number,
  memory: Readonly<Record<number, Uint8Array>>,
): Uint8Array {
  const { i32, f64 } = ValueType
  const request = Buffer.from(url)
  const requestAt = 16
  return foreignModule(1, (module) => {
    const type = { params: [i32, i32], results: [i32] }
    insertFunctionImports(module, [{ module: namespace, name: 'ws_direct_connect', type }])
    define(module, '__ews_attach', [i32, i32, i32, i32], i32, i32Const(1))
    define(module, '__ews_dispatch', [], i32, i32Const(0))
    define(module, '__ews_deadline', [], f64, never)
    define(module, '__ews_pending', [], i32, i32Const(0))
    define(module, '__ews_unsent', [], i32, i32Const(unsent))
    const connect = [i32Const(requestAt), i32Const(request.length), call(0)].flat()
    define(module, 'open', [], i32, connect)
    for (const [at, bytes] of Object.entries({ [requestAt]: request, ...memory })) {
      const offset = Uint8Array.from([...i32Const(Number(at)), op.end])
      module.data.push({ mode: { kind: 'active', memory: 0, offset }, bytes })
    }
  })
}

/** A module that imports what no host has. */
export function needyModule(): Uint8Array {
  return foreignModule(1, (module) => {
    const type = { params: [], results: [] }
    insertFunctionImports(module, [{ module: 'extism:host/user', name: 'nonsense', type }])
  })
}
