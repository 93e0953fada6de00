import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

import type { Mode } from '../src/index.js'
import { buildFile } from './build.js'
import { TestServer } from './server.js'

const run = promisify(execFile)
const script = fileURLToPath(new URL('./leak/modes.js', import.meta.url))
const sdk = pathToFileURL(createRequire(import.meta.url).resolve('extism-rc')).href
const mebibyte = 2 ** 20
// The newer Node adds what this one cannot; the rest is the same there.
const modes: Mode[] = 'Suspending' in WebAssembly ? ['jspi'] : ['event', 'worker']

interface Outcome {
  flooded?: { sent: number; received: number }
  samples: { alive: number; resident: number }[]
  open: { sockets: number; requests: number; calls: number }
}

describe.each(modes)('in %s mode', (mode) => {
  it('memory is flat over 100,000 messages in one call and 100,000 calls', async () => {
    await using server = await TestServer.start()
    // The portable layer: Extism has 32,767 blocks for one call.
    const file = await buildFile('waiting', true)
    const args = ['--expose-gc', script, file, `${server.origin}/echo`, mode, sdk]
    const { stdout } = await run(process.execPath, args, { timeout: 200_000 })
    const { flooded, samples, open } = JSON.parse(stdout) as Outcome
    if (mode !== 'event') expect(flooded).toEqual({ sent: 100_000, received: 100_000 })
    for (let at = 1; at < samples.length; at += 2) {
      const [before, after] = samples.slice(at - 1)
      expect((after?.alive ?? 0) - (before?.alive ?? 0)).toBeLessThan(4 * mebibyte)
      // The system gives memory back when it likes, and what is taken again is no growth.
      const most = Math.max(...samples.slice(0, at).map(({ resident }) => resident))
      expect((after?.resident ?? 0) - most).toBeLessThan(64 * mebibyte)
    }
    expect(open).toEqual({ sockets: 0, requests: 0, calls: 0 })
  }, 240_000)
})
