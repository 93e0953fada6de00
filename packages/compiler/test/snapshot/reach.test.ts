import { globalScripts } from '@extism-ws/engine'
import { describe, expect, test } from 'vitest'
import { reachedGlobals } from '../../src/snapshot/reach.js'

const scripts = [
  { name: 'events', defines: ['Event', 'AbortSignal'], needs: [] },
  { name: 'url', defines: ['URL'], needs: [] },
  { name: 'pattern', defines: ['URLPattern'], needs: ['url'] },
  { name: 'fetch', defines: ['fetch', 'Headers'], needs: ['events', 'url'] },
]

async function reached(code: string): Promise<string[]> {
  return (await reachedGlobals(code, scripts)).map(({ name }) => name)
}

describe('the globals that a bundle can reach', () => {
  test.each([
    ['new URL(x)'],
    ['globalThis.URL'],
    ['const { URL: Address } = self'],
    ['window["URL"]'],
    ['`${typeof URL}`'],
    ['eval("new URL(x)")'],
  ])('are found in %s', async (code) => {
    expect(await reached(code)).toEqual(['url'])
  })

  test.each([
    ['// new URL(x)\nf()'],
    ['/** The URL. */ f()'],
    ['$URL + URL_ + aURL'],
    ['const curl = 1'],
  ])('are not found in %s', async (code) => {
    expect(await reached(code)).toEqual([])
  })

  test('are found behind what only looks like a comment', async () => {
    expect(await reached('const a = "//", b = /[/*]/; new URL(a + b)')).toEqual(['url'])
  })

  test('come with what they need, in the order of the list', async () => {
    expect(await reached('new URLPattern(); fetch(x)')).toEqual([
      'events',
      'url',
      'pattern',
      'fetch',
    ])
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
