import type { AddressInfo } from 'node:net'
import { createPlugin } from '@extism-ws/host'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocketServer } from 'ws'

import { PageCode } from './page-code.js'

let code: PageCode
let server: WebSocketServer

beforeAll(async () => {
  code = await PageCode.in('messages')
  for (const mark of ['values', 'own', 'batches']) await code.write('docs/messages.md', mark)
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  server.on('connection', (socket) => {
    socket.once('message', () => {
      for (const amount of ['1', 2, '4']) socket.send(JSON.stringify({ symbol: 'A', amount }))
      socket.send('not JSON')
      socket.send('{"symbol":"A","amount":"8"}')
    })
  })
  await new Promise((resolve) => server.once('listening', resolve))
})
afterAll(() => {
  server.close()
})

test('the documented plugin adds up what its schema accepts, and says what it does not', async () => {
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
  const warnings: string[] = []
  const ignore = (): void => {}
  const warn = (line: string): void => void warnings.push(line)
  const plugin = await createPlugin(await code.build('values'), {
    sockets: { allow: [url] },
    logger: { debug: ignore, info: ignore, warn, error: warn },
  })
  try {
    const answer = await plugin.call('volume', JSON.stringify({ url, trades: 3 }))
    expect(answer?.json()).toEqual({ sum: 13, undecodable: 2 })
  } finally {
    await plugin.close()
  }
  expect(warnings).toEqual([
    expect.stringContaining('the schema refuses the message: amount: '),
    expect.stringContaining('8 long, 0 issues'),
  ])
})

test('the documented readers of many messages read all of them', async () => {
  const pushing = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  pushing.on('connection', (socket) => {
    for (let i = 0; i < 1000; i++) socket.send('x'.repeat(100))
    socket.close()
  })
  await new Promise((resolve) => pushing.once('listening', resolve))
  const url = `ws://127.0.0.1:${(pushing.address() as AddressInfo).port}`
  const plugin = await createPlugin(await code.build('batches'), { sockets: { allow: [url] } })
  try {
    expect((await plugin.call('bytes', url))?.text()).toBe('100000')
    expect((await plugin.call('bytesOneByOne', url))?.text()).toBe('100000')
  } finally {
    await plugin.close()
    await new Promise((resolve) => pushing.close(resolve))
  }
})

test('the documented code is well typed for strict projects', async () => {
  expect(await code.typeErrors()).toBe('')
})
