import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { compile } from '../../src/index.js'
import { call, open } from '../plugin.js'
import { project, refusal } from '../project.js'

describe('a top level without an end', () => {
  test('is stopped, and shown where it was', async () => {
    const source = [
      'function wait(): void {',
      '  for (;;) Math.max()',
      '}',
      'wait()',
      'export const run = () => 1',
    ]
    const message = await refusal({ 'plugin.ts': source.join('\n') }, { timeLimitMs: 500 })
    expect(message).toMatch(
      /^plugin\.ts:[12]:\d+: the top level was still running after 0\.5 seconds: /,
    )
    expect(message).toMatch(/\n {4}at wait \(plugin\.ts:[12]:\d+\)\n {4}at plugin\.ts:4:\d+\n/)
  })

  test('is stopped in promise jobs too', async () => {
    const source = 'void (async () => { for (;;) await null })()\nexport const run = () => 1'
    const message = await refusal({ 'plugin.ts': source }, { timeLimitMs: 500 })
    expect(message).toMatch(/^plugin\.ts: the top level was still running after 0\.5 seconds: /)
  })
})

describe('a large bundle', () => {
  test('of 20 MB compiles', async () => {
    const row = { text: 'lorem ipsum dolor sit amet', numbers: [1, 2, 3], ok: true }
    const rows = Array.from({ length: 250_000 }, (_, id) => ({ id, ...row }))
    const folder = await project({
      'plugin.ts': 'import rows from "./rows.json"\nexport const run = () => rows.length',
      'rows.json': JSON.stringify(rows),
    })
    const { wasm, map } = await compile({ entry: join(folder, 'plugin.ts') })
    expect(map.length).toBeGreaterThan(20_000_000)
    expect(await call(await open(wasm), 'run')).toBe('250000')
  })

  test('may have more top-level variables than fit on the stack of a plugin', async () => {
    const functions = Array.from({ length: 20_000 }, (_, i) => `const f${i} = () => ${i}`)
    const folder = await project({
      'plugin.ts': [
        ...functions,
        `const all = [${functions.map((_, i) => `f${i}`).join(', ')}]`,
        'export const run = () => all.map((f) => f()).at(-1)',
      ].join('\n'),
    })
    const { wasm } = await compile({ entry: join(folder, 'plugin.ts') })
    expect(await call(await open(wasm), 'run')).toBe('19999')
  })

  test('with more variables than a function can have is refused in words', async () => {
    const many = Array.from({ length: 66_000 }, (_, i) => `function f${i}() {}; keep.push(f${i})`)
    const message = await refusal({
      'plugin.ts': ['const keep = []', ...many, 'export const run = () => 1'].join('\n'),
    })
    expect(message).toMatch(/^plugin\.ts: SyntaxError: too many variables declared/)
    expect(message).toContain('split')
  })
})
