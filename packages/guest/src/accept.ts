import {
  connectionExport,
  EwsError,
  readAccepted,
  readRecords,
  RecordType,
  type AcceptedSocket,
} from '@extism-ws/protocol'

import { findEngine } from './engine.js'
import type { PluginCall } from './loop/index.js'
import { Socket } from './socket.js'

/**
 * How a connection came about that somebody opened to the host: what the author's export `onConnection` gets
 * with it. The host calls it once for each connection that it hands to the plugin:
 *
 *     export async function onConnection(socket: Socket, request: ConnectionRequest) { … }
 *
 * The socket is open, and like those of `connect()`. Read it or close it: one that nobody reads stays open. The
 * returned promise may stay pending for as long as the connection is used; its value is not used.
 */
export interface ConnectionRequest {
  /** As the client wrote it: scheme, `Host` header, path and query. */
  readonly url: string
  /** Of the opening handshake, names in lower case: those that the host passes on. */
  readonly headers: Readonly<Record<string, string>>
  /** The client's address; empty when the host does not know it. */
  readonly remoteAddress: string
  /** The call of `onConnection` itself. */
  readonly call: PluginCall
}

type Handler = (socket: Socket, request: ConnectionRequest) => unknown

// Built into a plugin whose author exports it. There is no engine where plugin code is tested outside of one.
findEngine()?.loop.hook(connectionExport, (author) => {
  const onConnection = author as unknown as Handler
  return (call) => {
    const about = acceptedOf(call.input())
    const { url, headers, remoteAddress } = about
    return onConnection(socketOf(about), { url, headers, remoteAddress, call })
  }
})

function acceptedOf(input: Uint8Array): AcceptedSocket {
  for (const record of readRecords(input)) {
    if (record?.type === RecordType.accepted) return readAccepted(record)
  }
  throw notCalledByHost('its input holds none')
}

function socketOf(about: AcceptedSocket): Socket {
  const attachment = new Uint8Array(0)
  const socket = Socket.restore({ ...about, state: 'open', attachment })
  if (socket === undefined) throw notCalledByHost(`the plugin has socket ${about.socket} already`)
  return socket
}

function notCalledByHost(why: string): EwsError {
  return new EwsError(
    'EWS_BAD_REQUEST',
    `${connectionExport}: ${why}: it is the host that calls it, with a new connection`,
  )
}
