// `#events` where the engine is not ours: this library's own copy.
export { defineHandlers } from './event-handler.js'
export { CloseEvent, ErrorEvent, MessageEvent, fireMessage } from './event-kind.js'
export { EventTarget, fire } from './event-target.js'
export { Event } from './event.js'
