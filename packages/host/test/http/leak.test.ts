import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

import { cell, httpGuest } from '../http-guest.js'
import { HttpServer } from './server.js'

interface Report {
  readonly open: { readonly requests: number }
  readonly after: unknown
  readonly left: unknown
}

const run = promisify(execFile)
const script = fileURLToPath(new URL('../leak/http.js', import.meta.url))

it('a closed plugin leaves no request, no connection and no handle, and the process ends', async () => {
  await using server = await HttpServer.start()
  const folder = await mkdtemp(join(tmpdir(), 'extism-ws-test-'))
  try {
    const file = join(folder, 'guest.wasm')
    await writeFile(file, httpGuest())
    const args = [script, file, server.origin, JSON.stringify(cell)]
    const { stdout } = await run(process.execPath, args, { timeout: 20_000 })
    const { open, after, left } = JSON.parse(stdout) as Report
    // The two that never end, and perhaps the long one.
    expect(open.requests).toBeGreaterThanOrEqual(2)
    expect(after).toEqual({ sockets: 0, requests: 0, calls: 0 })
    expect(left).toEqual([])
    await server.idle()
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
