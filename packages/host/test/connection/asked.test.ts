import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { SocketHub } from '../../src/hub/socket-hub.js'
import type { Authorize, ConnectionAttempt, SocketOptions } from '../../src/index.js'
import { RestartingServer } from './restarting-server.js'
import { SessionClient } from './session-client.js'
import { eventually } from '../eventually.js'

const never = (): Promise<never> => new Promise(() => {})

describe('functions of the integrator that are asked before a connection', () => {
  let server: RestartingServer
  let hub: SocketHub
  let client: SessionClient
  const use = (options: SocketOptions): SessionClient => {
    client = new SessionClient({ warm: true, shared: true, ...options }, hub)
    return client
  }
  const failure = async (options: object = {}): Promise<unknown> => {
    const socket = client.connect({ url: server.url, ...options })
    await client.next('close', socket)
    expect(client.types(socket)).toEqual(['error', 'close'])
    return client.of('error', socket)[0]?.error
  }

  beforeEach(async () => {
    server = await RestartingServer.start()
    hub = new SocketHub()
  })
  afterEach(async () => {
    await client[Symbol.asyncDispose]()
    await hub.close()
    expect(hub.sockets).toBe(0)
    await server[Symbol.asyncDispose]()
  })

  it('let a connection pass, and see what the plugin asked for', async () => {
    const seen: ConnectionAttempt[] = []
    use({
      authorize: async (attempt) => {
        seen.push(attempt)
        return true
      },
    })
    await client.open({ url: `${server.url}/a?b`, protocols: ['chat'], name: 'feed' })
    expect(seen).toMatchObject([{ protocols: ['chat'], name: 'feed', number: 0 }])
    expect(String(seen[0]?.url)).toBe(`${server.url}/a?b`)
  })

  it.each<[string, Authorize, object]>([
    ['says no', () => false, { code: 'EWS_DENIED' }],
    [
      'gives a reason',
      () => 'only for members',
      { code: 'EWS_DENIED', message: expect.stringMatching(/only for members/) as unknown },
    ],
    ['throws', () => Promise.reject(new Error('database')), { code: 'EWS_DENIED' }],
    ['never answers', never, { code: 'EWS_TIMEOUT' }],
  ])('refuse one when authorize %s', async (_, authorize, expected) => {
    use({ authorize, connectTimeoutMs: 200 })
    expect(await failure()).toMatchObject(expected)
    expect(await failure({ warm: true })).toMatchObject(expected)
    expect(await failure({ shared: true })).toMatchObject(expected)
    expect(server.requests).toEqual([])
  })

  it('give it headers and a URL that the plugin never sees, anew for each attempt', async () => {
    use({
      prepare: ({ number }) => ({
        url: `${server.url}/secret?token=${number}`,
        headers: { Authorization: `Bearer ${number}` },
      }),
      reconnect: { firstDelayMs: 10 },
    })
    const socket = await client.open({ url: `${server.url}/public` })
    for (const each of server.clients) each.terminate()
    await client.next('reconnected', socket)
    expect(server.requests.map(({ url, headers }) => [url, headers.authorization])).toEqual([
      ['/secret?token=0', 'Bearer 0'],
      ['/secret?token=1', 'Bearer 1'],
    ])
    expect(JSON.stringify(client.events)).not.toMatch(/secret|token|Bearer/)
    expect(client.session.info(socket)).toMatch(/public/)
    expect(client.session.info(socket)).not.toMatch(/secret/)
  })

  it('end a socket that reconnects when they say no', async () => {
    use({ authorize: ({ number }) => number === 0, reconnect: { firstDelayMs: 10 } })
    const socket = await client.open({ url: server.url })
    for (const each of server.clients) each.terminate()
    await client.next('close', socket)
    expect(client.of('error', socket)).toMatchObject([{ error: { code: 'EWS_DENIED' } }])
  })

  it('are not waited for by a plugin that gives the connection up', async () => {
    let signal: AbortSignal | undefined
    use({
      authorize: (attempt) => {
        signal = attempt.signal
        return never()
      },
    })
    const socket = client.connect({ url: server.url })
    await eventually(() => expect(signal).toBeDefined())
    client.close(socket)
    await client.next('close', socket)
    expect(signal?.aborted).toBe(true)
  })

  it('keep apart what is shared by what they prepared, and are asked for each plugin', async () => {
    const tenants = ['a', 'a', 'b']
    const prepare = (): { headers: Record<string, string> } => ({
      headers: { 'X-Tenant': tenants.shift() ?? '' },
    })
    use({ prepare })
    for (let i = 0; i < 3; i++) await client.open({ url: server.url, shared: true })
    expect(tenants).toEqual([])
    expect(server.requests.map(({ headers }) => headers['x-tenant'])).toEqual(['a', 'b'])
  })
})
