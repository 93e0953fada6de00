import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { newerNode } from '@extism-ws/newer-node'
import { describe, expect, it } from 'vitest'

const run = promisify(execFile)

describe('on a newer Node', () => {
  it.skipIf(!existsSync(newerNode))(
    'the contract suite and the tests of HTTP, compatibility, isolation and modes pass as well',
    async () => {
      const root = fileURLToPath(new URL('..', import.meta.url))
      const vitest = dirname(createRequire(import.meta.url).resolve('vitest/package.json'))
      const args = [
        join(vitest, 'vitest.mjs'),
        'run',
        'test/contract',
        'test/http',
        'test/compat',
        'test/isolation',
        'test/mode',
        'test/leak-modes.test.ts',
        '--reporter=json',
      ]
      const { stdout } = await run(newerNode, args, { cwd: root, maxBuffer: 2 ** 26 })
      const report = JSON.parse(stdout.slice(stdout.indexOf('{'))) as Record<string, number>
      expect(report['numFailedTests']).toBe(0)
      expect(report['numPassedTests']).toBeGreaterThan(100)
    },
    360_000,
  )
})
