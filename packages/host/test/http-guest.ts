import {
  appendFunction,
  call,
  exportFunction,
  f64Load,
  f64Store,
  functionBody,
  i32Const,
  i32Load,
  i32Load8U,
  i32Store,
  i64Const,
  insertFunctionImports,
  localGet,
  localSet,
  op,
  br,
  brIf,
  ValueType,
  type Code,
} from '@extism-ws/wasm'

import { foreignModule } from './foreign-module.js'

const { i32, i64, f64 } = ValueType
const i64Add = 0x7c
const i32GreaterOrEqual = 0x4f
const emptyBlock = 0x40

/** Where the guest's few variables lie in its memory. */
export const cell = {
  /** Bytes of output that the next dispatch has; the output itself is at `output`. */
  outputBytes: 0,
  /** What `__ews_deadline` answers (f64). Set to infinity by a dispatch. */
  deadline: 8,
  /** What `__ews_reserve` was asked for last. */
  reserved: 16,
  /** What `__ews_reserve` answers. */
  pointer: 24,
  /** Infinity (f64), since there is no instruction for it here. */
  never: 32,
  output: 1024,
} as const

const pages = 64

interface Settings {
  /** The body of `__ews_reserve`; null for a guest without it. Default: answers `cell.pointer`. */
  readonly reserve?: Code[] | null
  /**
   * Whether it imports Extism's HTTP functions; its export `http` then makes the request that is its
   * input, and returns the sum of what all of them answer.
   */
  readonly extismHttp?: boolean
  /** The id of the call that each entry leaves pending. Default: 0, none. */
  readonly pending?: number
  /** Whether it takes part in the attach handshake. */
  readonly attachable?: boolean
}

/**
 * A guest whose thoughts are the test's: requests are written into its memory from outside, and its
 * import `test delivered` is told what a dispatch found in the block that it reserved.
 */
export function httpGuest(settings: Settings = {}): Uint8Array {
  const { reserve, extismHttp = false, pending = 0, attachable = true } = settings
  return foreignModule(pages, (module) => {
    const env = 'extism:host/env'
    const of = (params: ValueType[], ...results: ValueType[]) => ({ params, results })
    const imports = [
      { module: env, name: 'alloc', type: of([i64], i64) },
      { module: env, name: 'store_u8', type: of([i64, i32]) },
      { module: env, name: 'output_set', type: of([i64, i64]) },
      ...(attachable ? [{ module: 'test', name: 'delivered', type: of([i32]) }] : []),
      ...(extismHttp
        ? [
            { module: env, name: 'input_offset', type: of([], i64) },
            { module: env, name: 'http_request', type: of([i64, i64], i64) },
            { module: env, name: 'http_status_code', type: of([], i32) },
            { module: env, name: 'http_headers', type: of([], i64) },
          ]
        : []),
    ]
    insertFunctionImports(module, imports)
    const importOf = (name: string): number => imports.findIndex((each) => each.name === name)
    const define = (
      name: string,
      params: ValueType[],
      result: ValueType,
      ...body: Code[]
    ): void => {
      const locals = [
        [1, i32],
        [1, i64],
      ] as const
      const index = appendFunction(
        module,
        of(params, result),
        functionBody(locals, ...body, op.end),
      )
      exportFunction(module, name, index)
    }

    define('run', [], i32, i32Const(0))
    if (extismHttp) {
      const sum: Code[] = [
        ...[call(importOf('input_offset')), i64Const(0), call(importOf('http_request'))],
        call(importOf('http_status_code')),
        op.i64ExtendI32U,
        i64Add,
        call(importOf('http_headers')),
        i64Add,
        op.i32WrapI64,
      ]
      define('http', [], i32, ...sum)
    }
    if (!attachable) return

    define('__ews_attach', [i32, i32, i32, i32], i32, i32Const(1))
    define('__ews_pending', [], i32, i32Const(pending))
    define('__ews_deadline', [], f64, i32Const(cell.deadline), f64Load())
    if (reserve !== null) {
      const answer: Code[] = reserve ?? [i32Const(cell.pointer), i32Load()]
      const body = [i32Const(cell.reserved), localGet(0), i32Store(), ...answer]
      define('__ews_reserve', [i32], i32, ...body)
    }
    const [at, block] = [0, 1]
    const length = [i32Const(cell.outputBytes), i32Load()]
    define(
      '__ews_dispatch',
      [],
      i32,
      ...[i32Const(cell.reserved), i32Load(), call(importOf('delivered'))],
      ...[i32Const(cell.reserved), i32Const(0), i32Store()],
      ...[i32Const(cell.deadline), i32Const(cell.never), f64Load(), f64Store()],
      ...[...length, op.i32Eqz, op.if, emptyBlock, i32Const(0), op.return, op.end],
      ...[...length, op.i64ExtendI32U, call(importOf('alloc')), localSet(block)],
      ...[op.block, emptyBlock, op.loop, emptyBlock],
      ...[localGet(at), ...length, i32GreaterOrEqual, brIf(1)],
      ...[localGet(block), localGet(at), op.i64ExtendI32U, i64Add],
      ...[localGet(at), i32Load8U(cell.output), call(importOf('store_u8'))],
      ...[localGet(at), i32Const(1), op.i32Add, localSet(at), br(0), op.end, op.end],
      ...[localGet(block), ...length, op.i64ExtendI32U, call(importOf('output_set'))],
      ...[i32Const(cell.outputBytes), i32Const(0), i32Store()],
      i32Const(0),
    )
  })
}
