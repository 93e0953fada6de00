import { WebSocketError as ErrorClass } from '../websocket-stream/websocket-error.js'
import { WebSocketStream as StreamClass } from '../websocket-stream/websocket-stream.js'
import { WebSocket as SocketClass } from './websocket.js'

// Bundled into plugins that use the global names: an import takes the place of each free name, and code
// that asks the global object finds the same class there. Those that nobody uses are left out.
export const WebSocket = /* @__PURE__ */ asGlobal('WebSocket', SocketClass)
export const WebSocketStream = /* @__PURE__ */ asGlobal('WebSocketStream', StreamClass)
export const WebSocketError = /* @__PURE__ */ asGlobal('WebSocketError', ErrorClass)

/** WebIDL §3.7.1: a property of the global object, not enumerable. What is there already stays. */
function asGlobal<Class>(name: string, value: Class): Class {
  if (!(name in globalThis)) {
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true })
  }
  return value
}
