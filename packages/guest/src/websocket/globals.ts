/** Bundled into plugins that use the global names: an import takes the place of each free name. */
export { WebSocket } from './websocket.js'
