import { EwsError } from '@extism-ws/protocol'

import type { Socket } from './socket.js'

const open = new Set<Socket>()
/** By name, from when they connect. */
const named = new Map<string, Socket>()

/** The open sockets of this plugin that `connect()` made, whichever call opened them. */
export interface OpenSockets {
  /** The open socket that was given this name; undefined when there is none. */
  get(name: string): Socket | undefined
  /** All of them, with and without a name, in the order in which they were opened. */
  list(): Socket[]
}

export const sockets: OpenSockets = {
  get: (name) => {
    const socket = named.get(name)
    return socket !== undefined && open.has(socket) ? socket : undefined
  },
  list: () => [...open],
}

/**
 * Keeps the socket's name for it.
 *
 * @throws {EwsError} `EWS_BAD_REQUEST` when another one has it.
 */
export function claimName(name: string, socket: Socket): void {
  if (typeof name !== 'string' || name === '') {
    throw new EwsError('EWS_BAD_REQUEST', "a socket's name must be a text that is not empty")
  }
  const other = named.get(name)
  if (other !== undefined) {
    const quoted = JSON.stringify(name)
    const state = open.has(other) ? 'open' : 'connecting'
    throw new EwsError(
      'EWS_BAD_REQUEST',
      `a socket named ${quoted} is already ${state}: take it by sockets.get(${quoted}), close it, or choose another name`,
    )
  }
  named.set(name, socket)
}

export function addOpen(socket: Socket): void {
  open.add(socket)
}

/** It is closed, or about to be: its name is free. */
export function removeOpen(socket: Socket): void {
  open.delete(socket)
  const { name } = socket
  // Another one may have the name by now.
  if (name !== undefined && named.get(name) === socket) named.delete(name)
}
