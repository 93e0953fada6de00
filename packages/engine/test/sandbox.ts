import { EngineInstance, loadEngine } from '../dist/index.js'

const compiled = await WebAssembly.compile((await loadEngine()) as BufferSource)
const parser = EngineInstance.open(compiled)

/** Evaluates a script in a fresh copy of the built engine; its completion value as JSON. */
export function evaluate(script: string): unknown {
  const engine = EngineInstance.open(compiled)
  const source = `JSON.stringify((() => { ${script} })() ?? null)`
  return JSON.parse(engine.evaluate(parser.compile(source, 'test.js')))
}

/** What the script printed, as the compiler gets it. */
export function printed(script: string): unknown {
  const engine = EngineInstance.open(compiled)
  const source = `${script}; globalThis[Symbol.for('extism-ws.engine')].define({ f() {} })`
  const answer = JSON.parse(engine.evaluate(parser.compile(source, 'test.js'))) as {
    lines: unknown
  }
  return answer.lines
}

export function open(): EngineInstance {
  return EngineInstance.open(compiled)
}
