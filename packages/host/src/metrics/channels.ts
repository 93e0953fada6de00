import { channel } from 'node:diagnostics_channel'
import type { ErrorCode } from '@extism-ws/protocol'

/** Which plugin a message of a channel is about. */
export interface PluginIdentity {
  /** Its name: the option `name`, or what stands for it. Several plugins may have one name. */
  readonly plugin: string
  /** Number of its session in this process, from 1 on: no two plugins share one. */
  readonly session: number
}

/** `extism-ws:socket.connecting`: an attempt begins. */
export interface SocketConnectingMessage extends PluginIdentity {
  /** The socket's id within its session. */
  readonly socket: number
  /** Scheme, host, port and path, at most 200 characters; never a query or credentials. */
  readonly url: string
  /** Whether the socket was open before. */
  readonly reconnect: boolean
}

/** `extism-ws:socket.open`: the opening handshake is over. */
export interface SocketOpenMessage extends SocketConnectingMessage {}

/** `extism-ws:socket.error`: something failed. The end of the socket, if it is that, is told besides. */
export interface SocketErrorMessage extends PluginIdentity {
  readonly socket: number
  readonly url: string
  readonly code: ErrorCode
  /** Without queries and credentials. */
  readonly message: string
}

/** What a socket carried so far, all its connections together. Bytes are those of messages, without framing. */
export interface SocketTraffic {
  readonly messagesReceived: number
  readonly messagesSent: number
  readonly bytesReceived: number
  readonly bytesSent: number
}

/** `extism-ws:socket.reconnecting`: the connection is lost, and another one is tried after a delay. */
export interface SocketReconnectingMessage extends PluginIdentity, SocketTraffic {
  readonly socket: number
  readonly url: string
  /** Which attempt comes next, from 1 on. */
  readonly attempt: number
  readonly delayMs: number
}

/** `extism-ws:socket.close`: the socket has ended; nothing more is told of it. */
export interface SocketCloseMessage extends PluginIdentity, SocketTraffic {
  readonly socket: number
  readonly url: string
  /** Of the close frame; 1005 for a frame without one, 1006 for no frame. */
  readonly code: number
  readonly wasClean: boolean
}

/** `extism-ws:refused`: a connection was not even tried: by policy, a limit, or since the request makes no sense. */
export interface RefusedMessage extends PluginIdentity {
  /** What the plugin asked for, told as other URLs are. */
  readonly url: string
  readonly code: ErrorCode
  readonly message: string
}

/** `extism-ws:plugin.restart`: the plugin has been built anew. */
export interface PluginRestartMessage extends PluginIdentity {
  /** How often, with this time. */
  readonly restarts: number
  /** Why: `EWS_RESTARTED` for a reload on purpose. */
  readonly code: ErrorCode
  readonly message: string
}

/** `extism-ws:dispatch`: the guest was dispatched once. */
export interface DispatchMessage extends PluginIdentity {
  /** Events that waited when it was entered. */
  readonly events: number
  /** From when it was scheduled until the guest was entered, in milliseconds. */
  readonly latencyMs: number
  /** Until the entry was over, in milliseconds. */
  readonly durationMs: number
}

/** The messages of each channel of `node:diagnostics_channel`. */
export interface ChannelMessages {
  'extism-ws:socket.connecting': SocketConnectingMessage
  'extism-ws:socket.open': SocketOpenMessage
  'extism-ws:socket.error': SocketErrorMessage
  'extism-ws:socket.reconnecting': SocketReconnectingMessage
  'extism-ws:socket.close': SocketCloseMessage
  'extism-ws:refused': RefusedMessage
  'extism-ws:plugin.restart': PluginRestartMessage
  'extism-ws:dispatch': DispatchMessage
}

export type ChannelName = keyof ChannelMessages

/** @internal One channel of `node:diagnostics_channel`, with the type of its messages. */
export interface TypedChannel<Message> {
  readonly hasSubscribers: boolean
  publish(message: Message): void
}

function typed<Name extends ChannelName>(name: Name): TypedChannel<ChannelMessages[Name]> {
  return channel(name)
}

/** @internal Whoever publishes asks for subscribers first, so that nothing is made for nobody. */
export const channels = {
  connecting: typed('extism-ws:socket.connecting'),
  open: typed('extism-ws:socket.open'),
  error: typed('extism-ws:socket.error'),
  reconnecting: typed('extism-ws:socket.reconnecting'),
  close: typed('extism-ws:socket.close'),
  refused: typed('extism-ws:refused'),
  restart: typed('extism-ws:plugin.restart'),
  dispatch: typed('extism-ws:dispatch'),
}
