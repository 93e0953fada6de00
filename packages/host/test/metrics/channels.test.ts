import { execFile } from 'node:child_process'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { promisify } from 'node:util'
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'

import { createPlugin, type ChannelName, type Plugin } from '../../src/index.js'
import { channels } from '../../src/metrics/channels.js'
import { buildFile } from '../build.js'
import { TestServer } from '../server.js'

const names: readonly ChannelName[] = [
  'extism-ws:socket.connecting',
  'extism-ws:socket.open',
  'extism-ws:socket.error',
  'extism-ws:socket.reconnecting',
  'extism-ws:socket.close',
  'extism-ws:refused',
  'extism-ws:plugin.restart',
  'extism-ws:dispatch',
]

let file: string
let server: TestServer
let plugin: Plugin
let session: number
let seen: Record<string, unknown>[]

function listen(message: unknown, name: string | symbol): void {
  seen.push({ ...(message as object), name: String(name).replace('extism-ws:', '') })
}

beforeAll(async () => {
  file = await buildFile('kept')
})
beforeEach(async () => {
  seen = []
  server = await TestServer.start()
  const sockets = { allow: [server.origin] }
  plugin = await createPlugin(file, { sockets, logLevel: 'silent' })
  session = plugin.metrics().session
  for (const name of names) subscribe(name, listen)
})
afterEach(async () => {
  for (const name of names) unsubscribe(name, listen)
  await plugin.close()
  await server[Symbol.asyncDispose]()
})

function start(path: string): Promise<unknown> {
  return plugin.call('start', JSON.stringify({ url: `${server.origin}${path}`, name: 'feed' }))
}

function withoutDispatches(): Record<string, unknown>[] {
  return seen.filter(({ name }) => name !== 'dispatch')
}

it('a connection is told from its attempt to its end, with what it carried', async () => {
  await start('/push?count=3&size=10&token=secret')
  await plugin.call('next', JSON.stringify({ name: 'feed', count: 3 }))
  await vi.waitFor(() => expect(withoutDispatches()).toHaveLength(3))
  const { bytesReceived = 0 } = plugin.metrics().urls[0] ?? {}
  const about = { plugin: 'kept', session, socket: 1, url: `${server.origin}/push` }
  const carried = { messagesReceived: 3, bytesReceived, messagesSent: 0, bytesSent: 0 }
  expect(withoutDispatches()).toEqual([
    { name: 'socket.connecting', ...about, reconnect: false },
    { name: 'socket.open', ...about, reconnect: false },
    { name: 'socket.close', ...about, ...carried, code: 1000, wasClean: true },
  ])
})

it('a failed attempt and a refusal are told with their code, without the query', async () => {
  await start('/unauthorized?token=secret')
  await plugin.call(
    'start',
    JSON.stringify({ url: 'wss://other.example/?token=secret', name: 'other' }),
  )
  const [, error, close, refused] = withoutDispatches()
  expect(error).toMatchObject({
    name: 'socket.error',
    code: 'EWS_HANDSHAKE',
    message: `${server.origin}/unauthorized answered the opening handshake with HTTP status 401, not 101`,
  })
  expect(close).toMatchObject({ name: 'socket.close', code: 1006, wasClean: false })
  expect(refused).toMatchObject({
    name: 'refused',
    code: 'EWS_DENIED',
    url: 'wss://other.example/',
  })
  expect(JSON.stringify(seen)).not.toContain('secret')
})

it('a restart is told with its reason', async () => {
  await plugin.reload()
  expect(seen).toMatchObject([
    { name: 'plugin.restart', plugin: 'kept', session, restarts: 1, code: 'EWS_RESTARTED' },
  ])
})

it('each dispatch is told, with its times', async () => {
  await start('/push?count=3&size=10')
  await plugin.call('next', JSON.stringify({ name: 'feed', count: 3 }))
  const dispatches = seen.filter(({ name }) => name === 'dispatch')
  expect(dispatches.length).toBeGreaterThan(0)
  expect(dispatches[0]).toEqual({
    name: 'dispatch',
    plugin: 'kept',
    session,
    events: expect.any(Number),
    latencyMs: expect.any(Number),
    durationMs: expect.any(Number),
  })
})

it('nothing is published without a subscriber', async () => {
  for (const name of names) unsubscribe(name, listen)
  const publish = vi.spyOn(channels.dispatch, 'publish')
  const open = vi.spyOn(channels.open, 'publish')
  await start('/echo')
  expect(plugin.metrics().dispatches).toBeGreaterThan(0)
  expect(publish).not.toHaveBeenCalled()
  expect(open).not.toHaveBeenCalled()
  publish.mockRestore()
  open.mockRestore()
})

it('a subscriber that throws stops nobody else; Node makes an uncaught exception of it', async () => {
  const program = `
    import { subscribe, channel } from 'node:diagnostics_channel'
    process.on('uncaughtException', (error) => console.log('uncaught', error.message))
    subscribe('c', () => { throw new Error('mine') })
    subscribe('c', () => console.log('second'))
    channel('c').publish({})
    console.log('published')
  `
  const args = ['--input-type=module', '--eval', program]
  const { stdout } = await promisify(execFile)(process.execPath, args)
  expect(stdout).toBe('second\npublished\nuncaught mine\n')
})
