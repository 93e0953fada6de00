import { readFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { createPlugin } from '@extism-ws/host'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocketServer } from 'ws'

import { PageCode } from './page-code.js'

let code: PageCode
let server: WebSocketServer

beforeAll(async () => {
  code = await PageCode.in('connections')
  for (const mark of ['staying', 'taking']) await code.write('docs/connections.md', mark)
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  server.on('connection', (socket) => {
    socket.once('message', () => {
      for (const amount of [1, 2, 4]) socket.send(JSON.stringify({ amount }))
    })
  })
  await new Promise((resolve) => server.once('listening', resolve))
})
afterAll(() => {
  server.close()
})

test('the documented plugin adds up what it subscribes to', async () => {
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
  const plugin = await createPlugin(await code.build('staying'), { sockets: { allow: [url] } })
  try {
    const answer = await plugin.call('volume', JSON.stringify({ url, trades: 3 }))
    expect(answer?.json()).toEqual({ sum: 7 })
  } finally {
    await plugin.close()
  }
})

test('the documented plugin exports what takes connections', async () => {
  const module = await WebAssembly.compile(
    (await readFile(await code.build('taking'))) as BufferSource,
  )
  const names = WebAssembly.Module.exports(module).map(({ name }) => name)
  expect(names).toContain('onConnection')
})

test('the documented code is well typed for strict projects', async () => {
  expect(await code.typeErrors()).toBe('')
})
