export { loadBase, loadEngine, loadGlobal, loadSocketNatives } from './engine.js'
export { globalScripts, type GlobalScript } from './global-scripts.js'
export {
  EngineInstance,
  EvaluationError,
  InterruptedError,
  type CompileOptions,
  type EngineState,
  type GuestError,
} from './instance.js'
