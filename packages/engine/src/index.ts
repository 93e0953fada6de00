export { loadEngine } from './engine.js'
export { EngineInstance, EvaluationError, type EngineState, type GuestError } from './instance.js'
