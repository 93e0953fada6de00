export { EwsError, type ErrorCode } from '@extism-ws/protocol'
export type { ModuleSize } from './bundle/module-size.js'
export { compile, type CompiledPlugin, type CompileOptions, type Engine } from './compile.js'
export type { BuildLine } from './snapshot/load.js'
