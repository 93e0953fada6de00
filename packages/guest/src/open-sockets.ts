import { EwsError, maxNameLength } from '@extism-ws/protocol'

import type { Connection } from './connection.js'
import { startSending, stopSending } from './sender.js'
import type { Socket } from './socket.js'

/** The open connections, and what `sockets` hands out for each: nothing for one of `sync`. */
const open = new Map<Connection, Socket | undefined>()
/** By name, from when they connect. */
const named = new Map<string, Connection>()

/** The open sockets of this plugin that `connect()` made, whichever call opened them. */
export interface OpenSockets {
  /** The open socket that was given this name; undefined when there is none. */
  get(name: string): Socket | undefined
  /** All of them, with and without a name, in the order in which they were opened. */
  list(): Socket[]
}

export const sockets: OpenSockets = {
  get: (name) => {
    const connection = named.get(name)
    return connection === undefined ? undefined : open.get(connection)
  },
  list: () => [...open.values()].filter((socket) => socket !== undefined),
}

/**
 * Keeps the connection's name for it.
 *
 * @throws {EwsError} `EWS_BAD_REQUEST` when another one has it, or it is no text of 1 to 256 characters.
 */
export function claimName(name: string, connection: Connection): void {
  if (typeof name !== 'string' || name === '') {
    throw new EwsError('EWS_BAD_REQUEST', "a socket's name must be a text that is not empty")
  }
  if (name.length > maxNameLength) {
    throw new EwsError(
      'EWS_BAD_REQUEST',
      `a socket's name may have ${maxNameLength} characters, this one has ${name.length}`,
    )
  }
  const other = named.get(name)
  if (other !== undefined) {
    const quoted = JSON.stringify(name)
    const state = open.has(other) ? 'open' : 'connecting'
    // One of `sync` is handed out by nothing.
    const found = state === 'connecting' || open.get(other) !== undefined
    const take = found ? `take it by sockets.get(${quoted}), ` : ''
    throw new EwsError(
      'EWS_BAD_REQUEST',
      `a socket named ${quoted} is already ${state}: ${take}close it, or choose another name`,
    )
  }
  named.set(name, connection)
}

/** The same for a connection that there was before the plugin was built anew: the first one has the name. */
export function restoreName(name: string, connection: Connection): void {
  if (!named.has(name)) named.set(name, connection)
}

/** @param socket what `sockets` hands out for it, if anything. */
export function addOpen(connection: Connection, socket: Socket | undefined): void {
  open.set(connection, socket)
  if (socket !== undefined) startSending(socket, connection.id)
}

/** It is closed, or about to be: its name is free. */
export function removeOpen(connection: Connection): void {
  const socket = open.get(connection)
  if (socket !== undefined) stopSending(socket)
  open.delete(connection)
  const { name } = connection
  // Another one may have the name by now.
  if (name !== undefined && named.get(name) === connection) named.delete(name)
}
