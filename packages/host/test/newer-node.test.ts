import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { newerNode } from '@extism-ws/newer-node'
import { describe, expect, it } from 'vitest'

const run = promisify(execFile)

interface Output {
  readonly stdout: string
}

/** What of vitest's report is read. */
interface Report {
  readonly numPassedTests: number
  readonly testResults: readonly {
    readonly name: string
    readonly message?: string
    readonly assertionResults: readonly {
      readonly status: string
      readonly fullName: string
      readonly failureMessages?: readonly string[]
    }[]
  }[]
}

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
        'test/memory-growth.test.ts',
        '--reporter=json',
        // The other worker of this run is at work as well.
        '--maxWorkers=1',
      ]
      const options = { cwd: root, maxBuffer: 2 ** 26 }
      // It exits with 1 when tests fail, and then the report says which.
      const { stdout } = await run(newerNode, args, options).catch((error: Output) => error)
      const { numPassedTests, testResults } = JSON.parse(
        stdout.slice(stdout.indexOf('{')),
      ) as Report
      const failed = testResults.flatMap(({ name, message, assertionResults }) => [
        ...(message === undefined || message === '' ? [] : [`${name}: ${message}`]),
        ...assertionResults.flatMap(({ status, fullName, failureMessages }) =>
          status === 'failed' ? [`${fullName}: ${failureMessages?.join()}`] : [],
        ),
      ])
      expect(failed).toEqual([])
      expect(numPassedTests).toBeGreaterThan(100)
    },
    1_500_000,
  )
})
