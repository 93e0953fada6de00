import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

import { buildFile } from './build.js'
import { TestServer } from './server.js'

const run = promisify(execFile)
const script = fileURLToPath(new URL('./leak/flood.js', import.meta.url))
const mebibyte = 2 ** 20

interface Outcome {
  messages: number
  open: { sockets: number; requests: number; calls: number }
  after: { sockets: number; requests: number; calls: number }
  left: string[]
  samples: { guest: number; host: number }[]
}

describe.each(['direct', 'portable'])('after 10,000 messages over the %s layer', (layer) => {
  it('nothing is open, memory is flat, and the process ends by itself', async () => {
    await using server = await TestServer.start()
    const file = await buildFile('contract', layer === 'portable')
    const args = ['--expose-gc', script, file, `${server.origin}/echo`]
    const { stdout } = await run(process.execPath, args, { timeout: 100_000 })
    const { messages, open, after, left, samples } = JSON.parse(stdout) as Outcome
    expect(messages).toBe(120_000)
    expect(open).toEqual({ sockets: 0, requests: 0, calls: 0 })
    expect(after).toEqual({ sockets: 0, requests: 0, calls: 0 })
    expect(left).toEqual([])
    // The first rounds warm up. From the fifth on nothing grows with messages, of which 70,000 are to come; how
    // many come at once is a matter of timing, and for more of them the guest's inbox may get another block.
    const [, , , , fifth, ...later] = samples
    for (const { guest, host } of later) {
      expect(guest).toBeLessThanOrEqual((fifth?.guest ?? 0) + mebibyte)
      expect(host).toBeLessThan((fifth?.host ?? 0) + 2 * mebibyte)
    }
    await server.idle()
    expect(server.connections).toBe(0)
  }, 120_000)
})
