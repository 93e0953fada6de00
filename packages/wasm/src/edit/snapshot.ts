import { findInstructions, opcodeSet } from '../code/instruction.js'
import { firstInstruction } from '../code/locals.js'
import { WasmError } from '../error.js'
import { mapBodies } from '../module/code.js'
import type { Limits } from '../module/limits.js'
import { importCount, type Module } from '../module/module.js'
import { globalInits, type GlobalValues } from './global-value.js'
import { memoryData } from './memory-data.js'

/** What an instance holds. Tables are not part of it: their slots are static entries. */
export interface InstanceState {
  /** All of memory 0. It is copied. */
  readonly memory: Uint8Array
  readonly globals: GlobalValues
}

const pageBytes = 65536

/**
 * Makes a module start in the state that an instance of it has reached: its memory becomes data
 * segments, its mutable globals get their values, and the start section, which has run, is removed.
 *
 * @throws WasmError when the state cannot be kept: a mutable global is imported, is not exported or
 * has no value of its type; code uses passive data segments (`memory.init`, `data.drop`); there is
 * not exactly one memory, or it is not whole pages. The module is then unchanged.
 */
export function snapshot(module: Module, state: InstanceState): void {
  const { length } = state.memory
  if (length % pageBytes !== 0) {
    throw new WasmError(`a memory of ${length} bytes is not whole pages of ${pageBytes} bytes`)
  }
  refusePassiveData(module)
  const inits = globalInits(module, state.globals)
  resizeMemory(module, length / pageBytes)
  module.globals = module.globals.map((global, at) => ({
    ...global,
    init: inits[at] ?? global.init,
  }))
  module.data = memoryData(state.memory)
  // Only memory.init and data.drop need the count, and there are none.
  module.dataCount = false
  module.start = undefined
}

/** memory.init, data.drop and their neighbours; the number behind it tells which. */
const prefixed = opcodeSet(0xfc)
const usesPassiveData = [0x08, 0x09]

function refusePassiveData(module: Module): void {
  // Without the data count section no code can use passive segments (core spec 2.0, §5.5.16).
  if (!module.dataCount) return
  mapBodies(module, module.code, (body) => {
    const places = findInstructions(body, firstInstruction(body), prefixed)
    if (places.some((place) => usesPassiveData.includes(body[place + 1] ?? 0))) {
      throw new WasmError('memory.init or data.drop is used: a snapshot keeps no passive data')
    }
  })
}

function resizeMemory(module: Module, pages: number): void {
  const resized = ({ max }: Limits): Limits => ({
    min: pages,
    max: max === undefined ? max : Math.max(max, pages),
  })
  const imported = module.imports.findIndex(({ kind }) => kind === 'memory')
  const item = module.imports[imported]
  const [defined] = module.memories
  if (importCount(module, 'memory') + module.memories.length !== 1) {
    throw new WasmError('a snapshot needs a module with one memory')
  }
  if (item?.kind === 'memory') module.imports[imported] = { ...item, limits: resized(item.limits) }
  else if (defined !== undefined) module.memories = [resized(defined)]
}
