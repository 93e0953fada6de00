import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { compile } from '../../src/index.js'
import { call, open } from '../plugin.js'
import { project, refusal } from '../project.js'

/** What the compiler warns of, as somebody in the project's folder would see it. */
async function warnings(source: string): Promise<string[]> {
  const folder = await project({ 'plugin.ts': source })
  const built = await compile({ entry: join(folder, 'plugin.ts') })
  return built.warnings.map((text) => text.split('\n')[0]?.replace(/^.*\/(?=plugin\.ts)/, '') ?? '')
}

const shared = 'every instance gets the same value. Read it inside an exported function'

describe('read at the top level, where every instance would get the same,', () => {
  test.each([
    ['Math.random', 'Math.random()', '1:20'],
    ['Date.now', 'Date.now()', '1:20'],
    ['new Date()', 'new Date()', '1:19'],
    ['performance.now', 'performance.now()', '1:27'],
  ])('%s is a warning at its place', async (api, expression, place) => {
    const source = `const value = ${expression}\nexport const run = () => value`
    expect(await warnings(source)).toEqual([
      expect.stringMatching(
        new RegExp(
          `^plugin\\.ts:${place}: ${api.replace(/[().]/g, '\\$&')} is read at the top level`,
        ),
      ),
    ])
  })

  test('a place warns once, however often it runs', async () => {
    const source = `
      const table = Array.from({ length: 5000 }, () => Math.random())
      export const run = () => table.length`
    const [first, ...more] = await warnings(source)
    expect(first).toContain(shared)
    expect(more).toEqual([])
  })

  test('inside an export there is no warning, and no trace of the watching', async () => {
    const source = `
      export const run = () => [Math.random.name, String(Date).includes('native'), new Date(0).getTime()]
      export const dates = () => Date === new Date(0).constructor`
    expect(await warnings(source)).toEqual([])
    const folder = await project({ 'plugin.ts': source })
    const { wasm } = await compile({ entry: join(folder, 'plugin.ts') })
    const plugin = await open(wasm)
    expect(JSON.parse(await call(plugin, 'run'))[1]).toBe(true)
    expect(await call(plugin, 'dates')).toBe('true')
  })

  test('a date of a given time is no warning', async () => {
    expect(
      await warnings(
        'const epoch = new Date(0)\nclass Day extends Date {}\nexport const run = () => [epoch, new Day(5)]',
      ),
    ).toEqual([])
  })

  test.each([
    ['crypto.randomUUID', 'crypto.randomUUID()'],
    ['crypto.getRandomValues', 'crypto.getRandomValues(new Uint8Array(8))'],
  ])('%s is an error at its place', async (api, expression) => {
    const message = await refusal({
      'plugin.ts': `const id = ${expression}\nexport const run = () => id`,
    })
    expect(message).toMatch(/^plugin\.ts:1:\d+: /)
    expect(message).toContain(`${api} was called while the plugin was being built`)
    expect(message).toContain('every instance')
  })
})

describe('two instances of one file', () => {
  test('draw their own random numbers, ids and bytes, and tell the time', async () => {
    const source = `
      export const run = () => [
        Math.random(), crypto.randomUUID(), crypto.getRandomValues(new Uint32Array(2)).join(), Date.now(),
      ]`
    const folder = await project({ 'plugin.ts': source })
    const { wasm } = await compile({ entry: join(folder, 'plugin.ts') })
    const before = Date.now()
    const answers = await Promise.all(
      [await open(wasm), await open(wasm)].map(
        async (plugin) => JSON.parse(await call(plugin, 'run')) as unknown[],
      ),
    )
    const [a = [], b = []] = answers
    for (const at of [0, 1, 2]) expect(a[at]).not.toBe(b[at])
    for (const [, , , time] of answers) {
      expect(time).toBeGreaterThanOrEqual(before)
      expect(time).toBeLessThanOrEqual(Date.now())
    }
  })
})
