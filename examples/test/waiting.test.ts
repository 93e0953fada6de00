import type { AddressInfo } from 'node:net'
import { createPlugin } from '@extism-ws/host'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { WebSocketServer } from 'ws'

import { PageCode } from './page-code.js'

let code: PageCode
let server: WebSocketServer
let feed: string

beforeAll(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  server.on('connection', (socket, { url }) => {
    if (url === '/ask') socket.on('message', (data) => socket.send(`${String(data)}, you`))
    else for (const price of [3, 9, 5]) socket.send(JSON.stringify({ price }))
    if (url === '/short') socket.close(4000)
  })
  await new Promise((resolve) => server.once('listening', resolve))
  feed = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
  code = await PageCode.in('waiting')
  for (const mark of ['waiting', 'restarting'])
    await code.write('docs/waiting-and-restarts.md', mark)
  await code.write('docs/hosting.md', 'functions')
})
afterAll(() => {
  server.close()
})

test('the documented calls wait', async () => {
  const sockets = { allow: [feed] }
  const plugin = await createPlugin(await code.build('waiting'), { mode: 'auto', sockets })
  try {
    expect(plugin.mode).not.toBe('event')
    expect((await plugin.call('ask', `${feed}/ask`))?.text()).toBe('hello, you')
    const counted = await plugin.call('count', `${feed}/short`)
    expect(counted?.json()).toEqual({ messages: 3, code: 4000 })
    const first = await plugin.call('fastest', `${feed}/ask ${feed}/`)
    expect(first?.json()).toEqual({ price: 3 })
    expect(plugin.open.sockets).toBe(0)
  } finally {
    await plugin.close()
  }
})

test('the documented plugin goes on with its socket', async () => {
  const lines: string[] = []
  const log = (line: string): void => void lines.push(line)
  const plugin = await createPlugin(await code.build('restarting'), {
    sockets: { allow: [feed] },
    logger: { debug: log, info: log, warn: log, error: log },
  })
  const highest = async (): Promise<string | undefined> => (await plugin.call('highest'))?.text()
  try {
    await plugin.call('start', `${feed}/`)
    await vi.waitFor(async () => expect(await highest()).toBe('9'))
    await plugin.reload()
    expect(await highest()).toBe('9')
    for (const client of server.clients) client.send('{"price":12}')
    await vi.waitFor(async () => expect(await highest()).toBe('12'))
    expect([plugin.restarts, plugin.open.sockets]).toEqual([1, 1])
    expect(lines).toEqual(['built anew: EWS_RESTARTED: the plugin was reloaded'])
  } finally {
    await plugin.close()
  }
})

test('the documented code is well typed for strict projects', async () => {
  expect(await code.typeErrors()).toBe('')
})
