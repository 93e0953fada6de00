export { EwsError, type ErrorCode, type Reconnected, type Reconnecting } from '@extism-ws/protocol'
export { CloseEvent, ErrorEvent, Event, MessageEvent } from '#events'
export type { PluginCall } from './loop/index.js'
export type { Message } from './message-target.js'
export { sockets, type OpenSockets } from './open-sockets.js'
export type { ConnectionRequest } from './accept.js'
export type { Codec, CodecOptions, SchemaOptions } from './codec/codec.js'
export type { StandardSchema, StandardSchemaIssue } from './codec/standard-schema.js'
export type { TypedSocket } from './codec/typed-socket.js'
export type { TypedSyncSocket } from './codec/typed-sync-socket.js'
export type { Undecodable } from './codec/undecodable.js'
export type { AutoAnswer, ConnectOptions, KeepAlive, ReconnectOptions } from './connect-options.js'
export type { CloseInfo } from './connection.js'
export type { HandledEvent, PossiblyHandled, Restart } from './restart.js'
export { connect, Socket } from './socket.js'
export { sync, type Ready, type Sync, type SyncSocket, type WaitOptions } from './sync/index.js'
export type { MessageData } from './websocket/message-data.js'
export {
  WebSocket,
  type BinaryType,
  type WebSocketData,
  type WebSocketEvents,
} from './websocket/websocket.js'
export { WebSocketError, type WebSocketCloseInfo } from './websocket-stream/websocket-error.js'
export {
  WebSocketStream,
  type WebSocketOpenInfo,
  type WebSocketStreamOptions,
} from './websocket-stream/websocket-stream.js'
