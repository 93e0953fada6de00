export { loadEngine } from './engine.js'
export {
  EngineInstance,
  EvaluationError,
  InterruptedError,
  type EngineState,
  type GuestError,
} from './instance.js'
