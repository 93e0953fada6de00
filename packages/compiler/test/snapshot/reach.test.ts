import { globalScripts } from '@extism-ws/engine'
import { describe, expect, test } from 'vitest'

import { reachedGlobals } from '../../src/snapshot/reach.js'

const scripts = [
  { name: 'events', defines: ['Event', 'EventTarget'], needs: [] },
  { name: 'url', defines: ['URL'], needs: [] },
  { name: 'fetch', defines: ['fetch'], needs: ['events', 'url'] },
]

async function reached(code: string): Promise<string[]> {
  return (await reachedGlobals(code, scripts)).map(({ name }) => name)
}

describe('the globals that a bundle reaches', () => {
  test.each([
    'new URL("x")',
    'x = URL',
    'globalThis.URL',
    'self["URL"]',
    'typeof URL',
    'const { URL } = globalThis',
    'const { URL: Own } = self',
    'y = x instanceof URL',
    'class Own extends URL {}',
    'z = "URL" in self',
    'z = URL in self',
    'f = () => URL',
    'async () => { await URL; yield_: for (const a of URL) throw URL }',
    'switch (x) { case URL: default: URL }',
    'f = function () { return URL }',
    '`${URL}`',
    'x = a ? URL : b',
    'export_ = { URL }',
    'x = [...URL]',
    'delete globalThis.x, void URL',
    'if (a) b(); else URL()',
    'do URL(); while (a)',
    'function* g() { yield URL }',
    'o = { get URL() { return 1 } }',
    'class A { static URL = 1 }',
  ])('are those that code names: %s', async (code) => {
    expect(await reached(code)).toEqual(['url'])
  })

  test.each([
    '// URL',
    '/* a URL, you see */ x()',
    '/** @param {URL} url */\nfunction f(url) {}',
    'throw new TypeError("it is not a URL")',
    'x = `${url} is no URL, or is it`',
    'x = "URL of a thing"',
    '$URL + URL$ + myURL + URLs',
  ])('are not those that are only talked of: %s', async (code) => {
    expect(await reached(code)).toEqual([])
  })

  test('come with what they need, in order', async () => {
    expect(await reached('fetch("x")')).toEqual(['events', 'url', 'fetch'])
  })
})

describe('the list of globals', () => {
  test('has each script once, and what it needs before it', () => {
    const seen = new Set<string>()
    for (const { name, needs } of globalScripts) {
      expect(seen.has(name)).toBe(false)
      for (const needed of needs) expect([...seen]).toContain(needed)
      seen.add(name)
    }
  })
})

test.each([
  'run = (call) => send({ signal: call.signal })',
  'run = ({ signal }) => signal.aborted',
])('a plugin that asks for the signal of its call gets AbortSignal: %s', async (code) => {
  expect((await reachedGlobals(code)).map(({ name }) => name)).toEqual(['events'])
})
