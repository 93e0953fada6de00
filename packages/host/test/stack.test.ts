import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { newerNode } from '@extism-ws/newer-node'
import { beforeAll, describe, expect, it } from 'vitest'

import { createPlugin } from '../src/index.js'
import { buildFile } from './build.js'
import { sdks } from './sdk.js'

const run = promisify(execFile)
const probe = fileURLToPath(new URL('./stack/probe.js', import.meta.url))
const mainStack = 48 * 1024
/** For `worker` mode, whose threads have more of V8's stack. */
const workerStack = 192 * 1024

/** Every way of running out of stack, and whether each ended in an exception of a sound instance. */
async function outcomes(
  node: string,
  file: string,
  options: { flags?: string[]; stack: number; mode: string; hostFrames?: number },
): Promise<[string, string][]> {
  const { flags = [], stack, mode, hostFrames = 0 } = options
  const args = [...flags, probe, file, String(stack), mode, String(hostFrames)]
  const { stdout } = await run(node, args, { maxBuffer: 2 ** 24 })
  return Object.entries(JSON.parse(stdout) as Record<string, string>)
}

describe('running out of stack', () => {
  let file: string

  beforeAll(async () => {
    file = await buildFile('deep')
  })

  const matrix = [
    { name: 'on the main thread', stack: mainStack, mode: 'main' },
    { name: 'below 1,500 frames of the host', stack: mainStack, mode: 'main', hostFrames: 1500 },
    { name: 'in a worker', stack: workerStack, mode: 'worker' },
  ]
  const flags = [[], ['--liftoff-only'], ['--no-liftoff']]

  for (const setting of matrix) {
    for (const flag of flags) {
      it(`is an exception, not a trap, ${setting.name} ${flag.join(' ')}`, async () => {
        const results = await outcomes(process.execPath, file, { ...setting, flags: flag })
        expect(results.length).toBeGreaterThan(10)
        expect(results.filter(([, outcome]) => !outcome.startsWith('exception: '))).toEqual([])
      })
    }
  }

  for (const flag of flags) {
    it.skipIf(!existsSync(newerNode))(
      `is an exception, not a trap, on a suspendable stack ${flag.join(' ')}`,
      async () => {
        const options = { flags: flag, stack: mainStack, mode: 'jspi' }
        const results = await outcomes(newerNode, file, options)
        expect(results.length).toBeGreaterThan(10)
        expect(results.filter(([, outcome]) => !outcome.startsWith('exception: '))).toEqual([])
      },
    )
  }

  it('traps with a stack that is too large, which is why the limit is what it is', async () => {
    const results = await outcomes(process.execPath, file, { stack: 2 ** 20, mode: 'main' })
    expect(results.some(([, outcome]) => outcome.startsWith('trap: '))).toBe(true)
  })

  it('ends the plugin when it is a trap after all: pending calls and later ones reject', async () => {
    const lines: string[] = []
    const log = (line: string): number => lines.push(line)
    const logger = { debug: log, info: log, warn: log, error: log }
    const options = { extism: sdks['2.0.0-rc13'], logger, restart: false } as const
    const plugin = await createPlugin(file, options)
    const pending = expect(plugin.call('pending')).rejects.toMatchObject({ code: 'EWS_TRAPPED' })
    // A host that attaches with too large a stack, which this package never does.
    const { exports } = await plugin.getInstance()
    ;(exports['__ews_attach'] as (...args: number[]) => number)(1, 0, 2 ** 20, 0)
    const trapped = { code: 'EWS_TRAPPED', cause: expect.any(RangeError) }
    await expect(plugin.call('nestedParse')).rejects.toMatchObject(trapped)
    await pending
    await expect(plugin.call('healthy')).rejects.toMatchObject(trapped)
    expect(plugin.open.calls).toBe(0)
    expect(lines).toHaveLength(1)
    await plugin.close()
  })

  it('does not depend on how deep the host calls from', async () => {
    const plugin = await createPlugin(file, { extism: sdks['2.0.0-rc13'] })
    const deep = (frames: number): Promise<unknown> =>
      frames > 0 ? deep(frames - 1) : plugin.call('evalSource').then((output) => output?.text())
    expect(await deep(7000)).toMatch(/^exception: /)
    expect((await plugin.call('healthy'))?.text()).toBe('499500 50')
    await plugin.close()
  })
})
