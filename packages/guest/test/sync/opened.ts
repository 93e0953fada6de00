import { sync, type SyncSocket } from '../../src/index.js'
import { host } from '../fake-bridge.js'
import type { FakeConnection } from '../fake-connection.js'

/** A host that waits returns from `ws_connect` when the open event is there. */
export function opened(name?: string): { socket: SyncSocket; server: FakeConnection } {
  host.meanwhile.push(() => host.last.open({ protocol: 'chat' }))
  const socket = sync.connect('ws://feed.example/', name === undefined ? {} : { name })
  host.steps.length = 0
  host.waits.length = 0
  return { socket, server: host.last }
}

/** What the host has heard of a socket since this was last asked. */
export function steps({ id }: FakeConnection): string[] {
  const all = host.steps.splice(0)
  return all.filter((step) => step.endsWith(` ${id}`)).map((step) => step.replace(` ${id}`, ''))
}
