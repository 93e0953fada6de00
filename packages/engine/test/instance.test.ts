import { decodeModule, encodeModule, listImports, snapshot } from '@extism-ws/wasm'
import { describe, expect, it } from 'vitest'

import { EngineInstance, EvaluationError, loadEngine } from '../dist/index.js'
import { open } from './sandbox.js'

describe('EngineInstance', () => {
  it('reports a syntax error with its place', () => {
    const engine = open()
    const compile = (): unknown => engine.compile('let x = 1\nlet = ;', 'file.js')
    expect(compile).toThrow(EvaluationError)
    expect(compile).toThrow(/SyntaxError/)
    try {
      compile()
    } catch (error) {
      expect((error as EvaluationError).guest.stack).toMatch(/file\.js:2:\d+/)
    }
  })

  it('reports what a script throws with the stack of the guest', () => {
    const engine = open()
    const script = engine.compile(
      '\nfunction fail() { throw new RangeError("no") }\nfail()',
      'file.js',
    )
    try {
      engine.evaluate(script)
      expect.unreachable()
    } catch (error) {
      const { guest } = error as EvaluationError
      expect(guest).toMatchObject({ name: 'RangeError', message: 'no' })
      expect(guest.stack).toMatch(/at fail \(file\.js:2:\d+\)\n.*file\.js:3:\d+/)
    }
  })

  it('runs promise jobs before evaluation ends', () => {
    const engine = open()
    engine.evaluate(engine.compile('Promise.resolve().then(() => { globalThis.done = 1 })', 'a.js'))
    expect(engine.evaluate(engine.compile('String(globalThis.done)', 'b.js'))).toBe('1')
  })

  it('stands at a constant time', () => {
    const engine = open()
    expect(engine.evaluate(engine.compile('String(Date.now())', 'a.js'))).toBe('0')
  })

  it('is written back as a module that goes on where it was', async () => {
    const wasm = await loadEngine()
    const engine = open()
    engine.evaluate(engine.compile('globalThis.kept = [1, 2, 3].map(String)', 'a.js'))
    engine.seal()
    const module = decodeModule(wasm)
    snapshot(module, engine.state())
    const compiled = await WebAssembly.compile(encodeModule(module))
    const again = EngineInstance.open(compiled)
    const parser = open()
    expect(again.evaluate(parser.compile('JSON.stringify(kept)', 'b.js'))).toBe('["1","2","3"]')
  })

  it('makes the same bytes from the same input', async () => {
    const wasm = await loadEngine()
    const make = (): Uint8Array => {
      const engine = open()
      const parser = open()
      engine.evaluate(parser.compile('globalThis.x = { y: new Map([[1, "a"]]) }', 'a.js'))
      engine.seal()
      const module = decodeModule(wasm)
      snapshot(module, engine.state())
      return encodeModule(module)
    }
    expect(Buffer.compare(make(), make())).toBe(0)
  })
})

describe('the engine', () => {
  it('imports nothing but Extism and WASI', async () => {
    const modules = new Set(listImports(await loadEngine()).map(({ module }) => module))
    expect([...modules].sort()).toEqual(['extism:host/env', 'wasi_snapshot_preview1'])
  })

  it('imports only what the oldest supported SDK has', async () => {
    const missing = ['error_get', 'http_headers', 'log_trace', 'get_log_level']
    const names = listImports(await loadEngine()).map(({ name }) => name)
    expect(names.filter((name) => missing.includes(name))).toEqual([])
  })
})
