import { WasmError } from '../error.js'
import { sameFuncType, type FuncType } from '../module/function-type.js'
import { functionCount, type Module } from '../module/module.js'

/** Gives the index of a function type, which is added when the module does not have it. */
export function internType(module: Module, type: FuncType): number {
  const known = module.types.findIndex((candidate) => sameFuncType(candidate, type))
  if (known >= 0) return known
  return module.types.push({ params: [...type.params], results: [...type.results] }) - 1
}

/**
 * Adds a function behind all others.
 *
 * @param body locals and instructions, with the `end`: see `functionBody`.
 * @returns its index.
 */
export function appendFunction(module: Module, type: FuncType, body: Uint8Array): number {
  const index = functionCount(module)
  module.functions.push(internType(module, type))
  module.code.push(body)
  return index
}

/**
 * Exports a function under a name.
 *
 * @throws WasmError when something is exported under that name, or there is no such function.
 */
export function exportFunction(module: Module, name: string, index: number): void {
  if (module.exports.some((item) => item.name === name)) {
    throw new WasmError(`there is an export named ${JSON.stringify(name)} already`)
  }
  checkFunction(module, index)
  module.exports.push({ name, kind: 'function', index })
}

/** Removes the exports, of whatever kind, whose name `keep` refuses. */
export function keepExports(module: Module, keep: (name: string) => boolean): void {
  module.exports = module.exports.filter(({ name }) => keep(name))
}

export function checkFunction(module: Module, index: number): void {
  const count = functionCount(module)
  if (!Number.isInteger(index) || index < 0 || index >= count) {
    throw new WasmError(`there is no function ${index}: the module has ${count}`)
  }
}
