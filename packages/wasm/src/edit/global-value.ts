import { signedLeb128 } from '../bytes/leb128.js'
import { op } from '../code/op.js'
import { WasmError } from '../error.js'
import { importCount, type Module } from '../module/module.js'
import { ValueType } from '../module/value-type.js'

/** Values of globals by export name: numbers for i32, f32 and f64, bigints for i64. */
export type GlobalValues = ReadonlyMap<string, number | bigint>

/**
 * Makes constant expressions of the values that the mutable globals have; undefined for the others.
 *
 * @throws WasmError when a mutable global is imported, is not exported, holds a reference, or has no
 * value of its type.
 */
export function globalInits(module: Module, values: GlobalValues): (Uint8Array | undefined)[] {
  const imported = module.imports.find((item) => item.kind === 'global' && item.global.mutable)
  if (imported !== undefined) {
    const name = `${imported.module}.${imported.name}`
    throw new WasmError(`the mutable global ${name} is imported: its value cannot be kept`)
  }
  const first = importCount(module, 'global')
  return module.globals.map(({ type, mutable }, at) =>
    mutable ? constant(type, valueOf(module, first + at, values), first + at) : undefined,
  )
}

function valueOf(module: Module, index: number, values: GlobalValues): number | bigint {
  const names = module.exports
    .filter((item) => item.kind === 'global' && item.index === index)
    .map(({ name }) => name)
  if (names.length === 0) {
    throw new WasmError(`the mutable global ${index} is not exported: its value cannot be read`)
  }
  for (const name of names) {
    const value = values.get(name)
    if (value !== undefined) return value
  }
  throw new WasmError(`no value is given for the mutable global ${index} (${names.join(', ')})`)
}

function constant(type: ValueType, value: number | bigint, index: number): Uint8Array {
  if (type === ValueType.i64 && typeof value === 'bigint') {
    return Uint8Array.of(op.i64Const, ...signedLeb128(BigInt.asIntN(64, value)), op.end)
  }
  if (typeof value === 'number') {
    if (type === ValueType.i32) {
      return Uint8Array.of(op.i32Const, ...signedLeb128(value | 0), op.end)
    }
    if (type === ValueType.f32)
      return float(op.f32Const, 4, (view) => view.setFloat32(1, value, true))
    if (type === ValueType.f64)
      return float(op.f64Const, 8, (view) => view.setFloat64(1, value, true))
  }
  const name = Object.entries(ValueType).find(([, byte]) => byte === type)?.[0]
  throw new WasmError(
    `global ${index} is a mutable ${name}: it cannot hold ${typeof value} ${value}`,
  )
}

function float(opcode: number, size: number, write: (view: DataView) => void): Uint8Array {
  const bytes = new Uint8Array(size + 2)
  bytes[0] = opcode
  write(new DataView(bytes.buffer))
  bytes[size + 1] = op.end
  return bytes
}
