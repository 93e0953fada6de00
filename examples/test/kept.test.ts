import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocketServer } from 'ws'

import { PageCode } from './page-code.js'

let code: PageCode
let server: WebSocketServer
const closes: number[] = []

beforeAll(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  server.on('connection', (socket) => {
    for (const price of [3, 9, 5]) socket.send(JSON.stringify({ price }))
    socket.on('close', (closeCode) => closes.push(closeCode))
  })
  code = await PageCode.in('kept')
  await code.write('docs/hosting.md', 'kept')
  await code.writeProgram('docs/hosting.md', 'kept-host', 'host')
})
afterAll(() => {
  server.close()
})

test('the documented plugin keeps its socket, and a call of it is given up', async () => {
  await code.build('kept')
  const feed = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`
  expect(await code.program('host', feed)).toBe(
    'TimeoutError\n{ sockets: 1, requests: 0, calls: 0 }\n9\n',
  )
  expect(closes).toEqual([1001])
})

test('the documented code is well typed for strict projects', async () => {
  expect(await code.typeErrors()).toBe('')
})
