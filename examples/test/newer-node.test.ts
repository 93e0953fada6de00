import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { newerNode } from '@extism-ws/newer-node'
import { describe, expect, it } from 'vitest'

import { inPackage } from './program.js'

const run = promisify(execFile)

interface Report {
  readonly numFailedTests: number
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[]
  }[]
}

describe('on a newer Node', () => {
  it.skipIf(!existsSync(newerNode))(
    'plugins of other languages pass their tests as well, and wait in jspi mode too',
    async () => {
      const vitest = dirname(createRequire(import.meta.url).resolve('vitest/package.json'))
      const args = [join(vitest, 'vitest.mjs'), 'run', 'test/guests', '--reporter=json']
      const { stdout } = await run(newerNode, args, { cwd: inPackage(''), maxBuffer: 2 ** 26 })
      const report = JSON.parse(stdout.slice(stdout.indexOf('{'))) as Report
      expect(report.numFailedTests).toBe(0)
      const suspended = report.testResults
        .flatMap(({ assertionResults }) => assertionResults)
        .filter(({ status, fullName }) => status === 'passed' && fullName.includes('in jspi mode'))
      // Those of one language at least: the other one needs a compiler that may be missing.
      expect(suspended.length).toBeGreaterThan(7)
    },
    120_000,
  )
})
