export { EwsError, type ErrorCode } from '@extism-ws/protocol'
export { compile, type CompiledPlugin, type CompileOptions } from './compile.js'
export type { BuildLine } from './snapshot/load.js'
