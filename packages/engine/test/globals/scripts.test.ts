import { describe, expect, it } from 'vitest'

import { globalScripts } from '../../dist/index.js'
import { evaluate } from '../sandbox.js'

/** Words of the list that are methods or properties, not globals. */
const methods = ['blob', 'getReader', 'pipeThrough', 'pipeTo', 'signal', 'subtle', 'tee']

describe('globalScripts', () => {
  it.each(globalScripts.map(({ name, defines }) => [name, defines] as const))(
    'defines what %s says when only what it needs is there',
    (name, defines) => {
      const names = defines.filter((word) => !methods.includes(word))
      const script = `return ${JSON.stringify(names)}.filter((name) => {
        const { writable, configurable, enumerable, value } = Object.getOwnPropertyDescriptor(globalThis, name) ?? {}
        const named = typeof value !== 'function' || value.name === name
        return !(named && value !== undefined && writable && configurable && !enumerable)
      })`
      expect(evaluate(script, name)).toEqual([])
    },
  )

  it('has the members of classes enumerable, as WebIDL says', () => {
    const all = globalScripts.map(({ name, defines }) => ({ name, defines }))
    const script = `return ${JSON.stringify(all.flatMap(({ defines }) => defines))}.flatMap((name) => {
      const { prototype } = globalThis[name] ?? {}
      const isClass = prototype && !Object.getOwnPropertyDescriptor(globalThis[name], 'prototype').writable
      return isClass ? Object.entries(Object.getOwnPropertyDescriptors(prototype))
        .filter(([key, { enumerable }]) => key !== 'constructor' && !enumerable).map(([key]) => name + '.' + key) : []
    })`
    expect(evaluate(script, ...all.map(({ name }) => name))).toEqual([])
  })

  it.each([
    'new Event("x"); new AbortController(); AbortSignal.timeout(5); new EventTarget().dispatchEvent(new Event("x"))',
    'new URL("https://a"); new URLSearchParams("a"); new URLPattern({ pathname: "/:a" })',
    'new Headers({ a: "b" }); new Request("https://a"); new Response("x"); structuredClone(new Map())',
    'new Blob(["x"]); new File([], "x"); Buffer.from("x"); new ReadableStream(); new TextDecoderStream()',
    'new MessageChannel().port1.postMessage(1); setImmediate(() => {}); console.log("x"); console.time()',
    'new EventTarget().addEventListener("x", () => {}); reportError(new Error("x"))',
  ])('can be used at the top level of a plugin: %s', (script) => {
    const all = globalScripts.map(({ name }) => name)
    expect(evaluate(`${script}; return 'done'`, ...all)).toBe('done')
  })

  it('has no word twice', () => {
    const words = globalScripts.flatMap(({ defines }) => defines)
    expect(new Set(words).size).toBe(words.length)
  })

  it('lists what a script needs before it', () => {
    for (const [i, { needs }] of globalScripts.entries()) {
      const before = globalScripts.slice(0, i).map(({ name }) => name)
      expect(before).toEqual(expect.arrayContaining([...needs]))
    }
  })
})
