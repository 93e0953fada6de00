import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

import { TestServer } from './server.js'

const run = promisify(execFile)
const script = fileURLToPath(new URL('./leak/connections.js', import.meta.url))

interface Outcome {
  open: { sockets: number; warm: number; shared: number }
  after: { sockets: number; warm: number; shared: number }
  left: string[]
}

it('connections in every state leave nothing that keeps the process alive', async () => {
  await using server = await TestServer.start()
  const urls = ['/echo', '/silent'].map((path) => server.origin + path)
  const { stdout } = await run(process.execPath, [script, ...urls], { timeout: 60_000 })
  const { open, after, left } = JSON.parse(stdout) as Outcome
  expect(open.sockets).toBeGreaterThan(50)
  expect([open.warm, open.shared]).toEqual([1, 1])
  expect(after).toEqual({ sockets: 0, warm: 0, shared: 0 })
  expect(left).toEqual([])
  await server.idle()
  expect(server.connections).toBe(0)
}, 60_000)
