import { directFunctions, namespace, portableFunctions, type Signature } from '@extism-ws/protocol'
import {
  appendFunction,
  br,
  brIf,
  call,
  callIndirect,
  exportFunction,
  functionBody,
  i32Const,
  i32Load8U,
  i64Const,
  insertFunctionImports,
  internType,
  localGet,
  localSet,
  localTee,
  op,
  ValueType,
  type FuncType,
  type Module,
} from '@extism-ws/wasm'

import { foreignModule } from '../foreign-module.js'
import type { HostCall } from './calls.js'
import type { Piece } from './pieces.js'

const { i32, i64, f64 } = ValueType
const noResult = 0x40
const i64DivU = 0x80
const i64Mul = 0x7e
const i64Add = 0x7c
const i64GeU = 0x5a

/** How every function of the table is called: with four numbers, whatever it needs. */
const uniform: FuncType = { params: [i64, i64, i64, i64], results: [i64] }
/** A call in the input: the number of its function, and four arguments. */
const callBytes = 5 * 8

const functions: [string, Signature][] = Object.entries({
  ...portableFunctions,
  ...directFunctions,
})
/** The function of the table behind those of the host: a new block with bytes of linear memory. */
const copyIndex = functions.length
/** Besides the functions of the host: takes more pages of linear memory, and answers how many there were. */
const grow = 'memory.grow'
const growIndex = copyIndex + 1
const memoryGrow = [0x40, 0]

const env = {
  alloc: { params: [i64], results: [i64] },
  store_u8: { params: [i64, i32], results: [] },
  store_u64: { params: [i64, i64], results: [] },
  input_length: { params: [], results: [i64] },
  input_load_u64: { params: [i64], results: [i64] },
  output_set: { params: [i64, i64], results: [] },
} as const satisfies Record<string, FuncType>

type Env = Record<keyof typeof env, number>

/**
 * A guest whose `run` makes the calls that its input names, and answers with their results. `memory.grow` is a
 * call as well.
 *
 * @param attached whether it takes part in the attach handshake, and tells what it has handled.
 */
export function callerModule(
  pages: number,
  pieces: readonly Piece[],
  attached: boolean,
): Uint8Array {
  return foreignModule(pages, (module) => {
    const names = Object.keys(env) as (keyof typeof env)[]
    const indices = insertFunctionImports(module, [
      ...names.map((name) => ({ module: 'extism:host/env', name, type: env[name] })),
      ...functions.map(([name, signature]) => ({
        module: namespace,
        name,
        type: {
          params: signature.params.map(([, type]) => ValueType[type]),
          results: signature.result === undefined ? [] : [ValueType[signature.result]],
        },
      })),
    ])
    const own = Object.fromEntries(names.map((name, at) => [name, indices[at]])) as Env
    const wrappers = functions.map(([, signature], at) =>
      appendFunction(module, uniform, wrapper(signature, indices[names.length + at] ?? 0)),
    )
    const growBody = [...localGet(0), op.i32WrapI64, ...memoryGrow, op.i64ExtendI32S, op.end]
    const table = [
      ...wrappers,
      appendFunction(module, uniform, copyBody(own)),
      appendFunction(module, uniform, functionBody([], growBody)),
    ]
    module.tables.push({
      type: ValueType.funcref,
      limits: { min: table.length, max: table.length },
    })
    module.elements.push({
      mode: { kind: 'active', table: 0, offset: Uint8Array.of(...i32Const(0), op.end) },
      items: { kind: 'functions', indices: table },
    })
    for (const { offset, bytes } of pieces) {
      const at = Uint8Array.of(...i32Const(offset), op.end)
      module.data.push({ mode: { kind: 'active', memory: 0, offset: at }, bytes })
    }
    const type = internType(module, uniform)
    const run = appendFunction(module, { params: [], results: [i32] }, runBody(own, type))
    exportFunction(module, 'run', run)
    if (attached) attach(module)
  })
}

/** The input of `run`: first a block for each piece, at the offsets of `blockOffsets`. */
export function encodeCalls(pieces: readonly Piece[], calls: readonly HostCall[]): Uint8Array {
  const numbers = [
    ...pieces.map(({ offset, bytes }) => [copyIndex, offset, bytes.length]),
    ...calls.map(({ name, args }) => [indexOf(name), ...args]),
  ]
  const input = new DataView(new ArrayBuffer(numbers.length * callBytes))
  for (const [at, row] of numbers.entries()) {
    for (const [column, number] of row.entries()) {
      input.setBigInt64(at * callBytes + column * 8, BigInt(number), true)
    }
  }
  return new Uint8Array(input.buffer)
}

function indexOf(name: string): number {
  return name === grow ? growIndex : functions.findIndex(([each]) => each === name)
}

/** What the calls of the input answered, without the blocks for the pieces. */
export function decodeAnswers(
  pieces: readonly Piece[],
  calls: readonly HostCall[],
  output: DataView,
): (number | bigint)[] {
  return calls.map(({ name }, at) => {
    const answer = output.getBigInt64((pieces.length + at) * 8, true)
    const signature = functions.find(([each]) => each === name)?.[1]
    return signature?.result === 'i64' ? answer : Number(answer)
  })
}

/** Where the blocks for the pieces are: the SDK numbers blocks, and two come before them. */
export function blockOffsets(pieces: readonly Piece[]): bigint[] {
  return pieces.map((_, at) => BigInt(at + 3) << 48n)
}

function wrapper({ params, result }: Signature, index: number): Uint8Array {
  const args = params.flatMap(([, type], at) => [
    ...localGet(at),
    ...(type === 'i32' ? [op.i32WrapI64] : []),
  ])
  const widen = result === 'i32' ? [op.i64ExtendI32S] : []
  return functionBody([], args, call(index), widen, op.end)
}

/** (pointer, length) → block */
function copyBody({ alloc, store_u8 }: Env): Uint8Array {
  const [pointer, length, at, block] = [0, 1, 2, 3]
  const step = [...localGet(at), ...i64Const(1), i64Add, ...localSet(at)]
  return functionBody(
    [],
    [...localGet(length), ...call(alloc), ...localSet(block), ...i64Const(0), ...localSet(at)],
    [op.block, noResult, op.loop, noResult],
    [...localGet(at), ...localGet(length), i64GeU, ...brIf(1)],
    [...localGet(block), ...localGet(at), i64Add],
    [...localGet(pointer), ...localGet(at), i64Add, op.i32WrapI64, ...i32Load8U()],
    [...call(store_u8), ...step, ...br(0), op.end, op.end],
    [...localGet(block), op.end],
  )
}

function runBody(own: Env, type: number): Uint8Array {
  const [at, count, output, from] = [0, 1, 2, 3]
  const load = (column: number): number[] => [
    ...localGet(from),
    ...i64Const(column * 8),
    i64Add,
    ...call(own.input_load_u64),
  ]
  const size = [...localGet(count), ...i64Const(8), i64Mul]
  return functionBody(
    [[4, i64]],
    [...call(own.input_length), ...i64Const(callBytes), i64DivU, ...localSet(count)],
    [...size, ...call(own.alloc), ...localSet(output)],
    [op.block, noResult, op.loop, noResult],
    [...localGet(at), ...localGet(count), i64GeU, ...brIf(1)],
    [...localGet(at), ...i64Const(callBytes), i64Mul, ...localSet(from)],
    [...localGet(output), ...localGet(at), ...i64Const(8), i64Mul, i64Add],
    [...load(1), ...load(2), ...load(3), ...load(4), ...load(0), op.i32WrapI64],
    [...callIndirect(type), ...call(own.store_u64)],
    [...localGet(at), ...i64Const(1), i64Add, ...localTee(at), op.drop, ...br(0), op.end, op.end],
    [...localGet(output), ...size, ...call(own.output_set), ...i32Const(0), op.end],
  )
}

/** The handshake of a guest that never wants to be dispatched, and survives a restart. */
function attach(module: Module): void {
  const infinity = [op.f64Const, 0, 0, 0, 0, 0, 0, 0xf0, 0x7f]
  const define = (name: string, params: ValueType[], result: ValueType, body: number[]): void => {
    const index = appendFunction(
      module,
      { params, results: [result] },
      functionBody([], body, op.end),
    )
    exportFunction(module, name, index)
  }
  define('__ews_attach', [i32, i32, i32, i32], i32, i32Const(1))
  define('__ews_dispatch', [], i32, i32Const(0))
  define('__ews_deadline', [], f64, infinity)
  define('__ews_pending', [], i32, i32Const(0))
  define('onRestart', [], i32, i32Const(0))
  // Takes memory until there is none, and traps as allocators do then.
  const [grown, none] = [
    [...i32Const(1), ...memoryGrow],
    [...i32Const(-1), op.i32Ne],
  ]
  define('exhaust', [], i32, [
    op.loop,
    noResult,
    ...grown,
    ...none,
    ...brIf(0),
    op.end,
    op.unreachable,
  ])
}
