// `#events` where the engine is not ours: this library's own copy.
export { defineHandlers } from './event-handler.js'
export { CloseEvent, ErrorEvent, MessageEvent, messageState } from './event-kind.js'
export { EventTarget, fire, fireMessage, onlyListener } from './event-target.js'
export { Event } from './event.js'
