import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { SocketHub } from '../../src/hub/socket-hub.js'
import type { SocketOptions } from '../../src/options.js'
import { HostileServer } from './hostile-server.js'
import { RestartingServer } from './restarting-server.js'
import { SessionClient } from './session-client.js'
import { eventually } from '../eventually.js'

const never = (): Promise<never> => new Promise(() => {})

interface Place {
  readonly url: string
  readonly silent: string
  readonly server: RestartingServer
}

interface State {
  readonly options?: SocketOptions
  /** Answers the socket, in that state. */
  reach(client: SessionClient, place: Place): number | Promise<number>
}

/** Every state in which a socket may be when it ends. */
const states: Record<string, State> = {
  'just asked for': { reach: (client, { url }) => client.connect({ url }) },
  'waiting for authorize': {
    options: { authorize: never },
    reach: (client, { url }) => client.connect({ url }),
  },
  'waiting for authorize, to share': {
    options: { authorize: never },
    reach: (client, { url }) => client.connect({ url, shared: true }),
  },
  'without an answer to its handshake': {
    reach: async (client, { silent }) => {
      const socket = client.connect({ url: silent })
      await new Promise((resolve) => setTimeout(resolve, 30))
      return socket
    },
  },
  'about to fail': {
    reach: async (client, { url, server }) => {
      await server.stop()
      return client.connect({ url })
    },
  },
  open: { reach: (client, { url }) => client.open({ url }) },
  'open and paused': {
    reach: async (client, { url }) => {
      const socket = await client.open({ url })
      client.session.pause(socket, true)
      return socket
    },
  },
  closing: {
    reach: async (client, { url }) => {
      const socket = await client.open({ url })
      client.close(socket)
      return socket
    },
  },
  'waiting to reconnect': {
    options: { reconnect: { firstDelayMs: 100_000, maxDelayMs: 100_000 } },
    reach: async (client, { url, server }) => {
      const socket = await client.open({ url })
      for (const each of server.clients) each.terminate()
      await client.next('reconnecting', socket)
      return socket
    },
  },
  'asking whether to reconnect': {
    options: {
      authorize: ({ number }) => (number === 0 ? true : never()),
      reconnect: { firstDelayMs: 1 },
    },
    reach: async (client, { url, server }) => {
      const socket = await client.open({ url })
      for (const each of server.clients) each.terminate()
      await client.next('reconnecting', socket)
      await new Promise((resolve) => setTimeout(resolve, 30))
      return socket
    },
  },
  'warm, and just handed over': {
    reach: async (client, { url, server }) => {
      await client.open({ url, warm: true })
      await eventually(() => expect(server.clients).toHaveLength(2))
      return client.connect({ url, warm: true })
    },
  },
  'shared, and connecting': { reach: (client, { url }) => client.connect({ url, shared: true }) },
  'shared, and joining': {
    reach: async (client, { url }) => {
      await client.open({ url, shared: true })
      return client.connect({ url, shared: true })
    },
  },
  'shared, and paused': {
    reach: async (client, { url }) => {
      const socket = await client.open({ url, shared: true })
      client.session.pause(socket, true)
      return socket
    },
  },
}

describe.each(Object.entries(states))('a socket that is %s', (_, { options, reach }) => {
  let server: RestartingServer
  let silent: HostileServer
  let hub: SocketHub
  let client: SessionClient
  let socket: number

  beforeEach(async () => {
    server = await RestartingServer.start()
    silent = await HostileServer.onTcp((tcp) => void tcp.resume())
    hub = new SocketHub()
    // What waits for a time-out hangs, and is seen.
    const patient = { connectTimeoutMs: 100_000, closeTimeoutMs: 100_000 }
    client = new SessionClient({ warm: true, shared: true, ...patient, ...options }, hub)
    socket = await reach(client, { url: server.url, silent: silent.url, server })
  })
  afterEach(async () => {
    await hub.close()
    await eventually(() => expect([hub.sockets, hub.warm.size, hub.shared.size]).toEqual([0, 0, 0]))
    await eventually(() => expect([server.clients.length, silent.connections]).toEqual([0, 0]))
    await server[Symbol.asyncDispose]()
    await silent[Symbol.asyncDispose]()
  })

  it('ends with its plugin', async () => {
    await client.session.dispose()
    expect(client.session.socketCount).toBe(0)
    const told = client.events.length
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(client.events.length).toBe(told)
  })

  it('ends with an instance that is lost', async () => {
    client.session.release('plugin restarted')
    expect(client.session.socketCount).toBe(0)
    await client.session.dispose()
  })

  it('ends once when it is closed, also twice and whether it is read or not', async () => {
    client.session.pause(socket, true)
    client.close(socket, 4000)
    client.session.pause(socket, false)
    client.close(socket, 4001)
    await client.next('close', socket)
    await client[Symbol.asyncDispose]()
  })

  it('goes on for another instance, and ends with it', async () => {
    client.session.restart()
    client.close(socket)
    await client.next('close', socket)
    await client[Symbol.asyncDispose]()
  })
})

it('a plugin that is disposed waits for no close that nobody reads, whatever was kept for it', async () => {
  await using server = await RestartingServer.start()
  const hub = new SocketHub()
  const bounds = { inboxEvents: 4, closeTimeoutMs: 100_000 }
  const client = new SessionClient({ shared: true, ...bounds }, hub)
  // That of the shared one is not asked for: its connection is the other plugin's as well.
  const other = new SessionClient({ shared: true, ...bounds }, hub)
  const heard = await other.open({ url: server.url, shared: true })
  await client.open({ url: server.url })
  const paused = await client.open({ url: server.url, shared: true })
  client.session.pause(paused, true)
  for (const each of server.clients) for (let i = 0; i < 100; i++) each.send(`${i}`)
  await other.next('message', heard, 100)
  client.stopReading()
  await client.session.dispose()
  await other.session.dispose()
  await hub.close()
  expect(hub.sockets).toBe(0)
})
