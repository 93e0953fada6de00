/** Bundled into plugins that use the global names: an import takes the place of each free name. */
export { WebSocketError } from '../websocket-stream/websocket-error.js'
export { WebSocketStream } from '../websocket-stream/websocket-stream.js'
export { WebSocket } from './websocket.js'
