import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocketServer } from 'ws'

import { page, PageCode } from './page-code.js'

let code: PageCode
let server: WebSocketServer

beforeAll(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  server.on('connection', (socket) => {
    ;[3, 9, 5].forEach((price, i) => socket.send(JSON.stringify({ price, last: i === 2 })))
  })
  code = await PageCode.in('readme')
  for (const mark of ['plugin', 'mqtt']) await code.write('README.md', mark)
  await code.writeProgram('README.md', 'host', 'readme')
  await code.writeProgram('docs/hosting.md', 'host', 'hosting')
  await code.writeProgram('docs/hosting.md', 'composed')
})
afterAll(() => {
  server.close()
})

test("the README's plugin compiles by its command, and every host prints the plugin's answer", async () => {
  const command = /^npx extism-ws (.*)$/m.exec(await page('README.md'))?.[1] ?? ''
  expect(await code.command(...command.split(' '))).toContain('exports highest')
  const { port } = server.address() as AddressInfo
  const feed = `ws://127.0.0.1:${port}/`
  expect(await code.program('readme', feed)).toBe('{ high: 9 }\n')
  expect(await code.program('hosting', feed)).toBe('[ { high: 9 }, { high: 9 } ]\n')
  expect(await code.program('composed', feed)).toBe('{ high: 9 }\n')
})

test('the code of the pages is well typed for strict projects', async () => {
  expect(await code.typeErrors()).toBe('')
})
