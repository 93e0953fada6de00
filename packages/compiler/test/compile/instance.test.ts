import { SourceMap, type SourceMapPayload } from 'node:module'
import { findInMap, mapStack } from '@extism-ws/protocol'
import { describe, expect, test } from 'vitest'
import { compile } from '../../src/index.js'
import { call, open } from '../plugin.js'
import { fixture } from '../project.js'

interface Fresh {
  readonly random: number
  readonly now: number
}

describe('a fresh instance', () => {
  test('has its own random numbers, beside those that were drawn at the build', async () => {
    const { wasm } = await compile({ entry: fixture('fresh.ts') })
    const [a, b] = [await open(wasm), await open(wasm)]
    const ask = async (plugin: typeof a, name: string): Promise<Fresh> =>
      JSON.parse(await call(plugin, name)) as Fresh

    const built = await ask(a, 'atBuild')
    expect(await ask(b, 'atBuild')).toEqual(built)
    const drawn = new Set([
      built.random,
      (await ask(a, 'atRunTime')).random,
      (await ask(a, 'atRunTime')).random,
      (await ask(b, 'atRunTime')).random,
      (await ask(b, 'atRunTime')).random,
    ])
    expect(drawn.size).toBe(5)
    expect([...drawn].every((value) => value >= 0 && value < 1)).toBe(true)
  })

  test('has the clock of its host, while the clock of the build stood still', async () => {
    const { wasm } = await compile({ entry: fixture('fresh.ts') })
    const plugin = await open(wasm)
    expect(JSON.parse(await call(plugin, 'atBuild'))).toMatchObject({ now: 0 })
    const before = Date.now()
    const { now } = JSON.parse(await call(plugin, 'atRunTime')) as Fresh
    expect(now).toBeGreaterThanOrEqual(before)
    expect(now).toBeLessThanOrEqual(Date.now())
  })

  test('counts the delay of timers of the top level from its first entry', async () => {
    const { wasm } = await compile({ entry: fixture('fresh.ts') })
    const { waited } = JSON.parse(await call(await open(wasm), 'timer')) as { waited: number }
    // Of 60 ms; a timer that counted from the build would be due at once.
    expect(waited).toBeGreaterThan(30)
  })
})

describe('in a plain Extism host', () => {
  test('a sync function answers with the value it returns', async () => {
    const { wasm } = await compile({ entry: fixture('greet.ts') })
    const plugin = await open(wasm)
    expect(await call(plugin, 'greet', 'wörld')).toBe('hello wörld')
    expect(await call(plugin, 'greet', 'again')).toBe('hello again')
  })

  test('an async function that waits for timers answers when its promise settles', async () => {
    const { wasm } = await compile({ entry: fixture('exports.ts') })
    expect(await call(await open(wasm), 'later')).toBe('later')
  })

  test.each([
    ['now', -1],
    ['later', -2],
  ])('what %s throws arrives with name, message and stack', async (name, price) => {
    const { wasm } = await compile({ entry: fixture('failing.ts') })
    const plugin = await open(wasm)
    const error: unknown = await plugin.call(name).catch((thrown: unknown) => thrown)
    expect(String(error)).toContain(`PriceError: a price is not negative: ${price}\n`)
    expect(String(error)).toMatch(
      /\n {4}at check \(plugin\.js:\d+:\d+\)\n {4}at (now|later) \(plugin/,
    )
  })

  test('the source map leads from such a stack to the author’s lines', async () => {
    const { wasm, map } = await compile({ entry: fixture('failing.ts') })
    const plugin = await open(wasm)
    const error: unknown = await plugin.call('now').catch((thrown: unknown) => thrown)
    const sourceMap = new SourceMap(JSON.parse(map) as SourceMapPayload)
    const find = findInMap((line, column) => sourceMap.findEntry(line, column))
    expect(mapStack(String(error), find)).toMatch(
      /\n {4}at check \(test\/fixtures\/failing\.ts:6:\d+\)\n {4}at now \(test\/fixtures\/failing\.ts:11:\d+\)/,
    )
  })

  test('a function that threw can be called again, and so can the others', async () => {
    const { wasm } = await compile({ entry: fixture('failing.ts') })
    const plugin = await open(wasm)
    for (let i = 0; i < 3; i++) await expect(plugin.call('now')).rejects.toThrow('-1')
    await expect(plugin.call('later')).rejects.toThrow('-2')
  })
})
