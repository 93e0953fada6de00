import { expect } from 'vitest'

import { WebSocket } from '../../src/index.js'
import { dispatch, host } from '../fake-bridge.js'
import type { FakeConnection } from '../fake-connection.js'

/** A socket that is connecting, its connection, and what it tells: type and readyState. */
export function connecting(): { ws: WebSocket; server: FakeConnection; heard: string[] } {
  const ws = new WebSocket('ws://feed.example/')
  const heard: string[] = []
  for (const type of ['open', 'message', 'error', 'close'] as const) {
    ws.addEventListener(type, () => heard.push(`${type} ${ws.readyState}`))
  }
  return { ws, server: host.last, heard }
}

export async function opened(): Promise<ReturnType<typeof connecting>> {
  const { ws, server, heard } = connecting()
  server.open()
  await dispatch()
  heard.length = 0
  return { ws, server, heard }
}

export function named(name: string): unknown {
  return expect.objectContaining({ name })
}
