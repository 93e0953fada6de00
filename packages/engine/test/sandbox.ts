import { EngineInstance, globalScripts, loadEngine, loadGlobal } from '../dist/index.js'

const compiled = await WebAssembly.compile((await loadEngine()) as BufferSource)
const parser = EngineInstance.open(compiled)
const bytecode = new Map(
  await Promise.all(globalScripts.map(async ({ name }) => [name, await loadGlobal(name)] as const)),
)

/** A fresh copy of the built engine, with these scripts of globals and what they need. */
export function open(...scripts: readonly string[]): EngineInstance {
  const engine = EngineInstance.open(compiled)
  const wanted = new Set(scripts)
  for (const { name, needs } of globalScripts.toReversed()) {
    if (wanted.has(name)) for (const needed of needs) wanted.add(needed)
  }
  for (const { name } of globalScripts) {
    const script = wanted.has(name) ? bytecode.get(name) : undefined
    if (script !== undefined) engine.evaluate(script)
  }
  return engine
}

/** Evaluates a script in a fresh engine, as the top level of a plugin; its result as JSON. */
export function evaluate(script: string, ...scripts: readonly string[]): unknown {
  const source = `JSON.stringify((() => { ${script} })() ?? null)`
  return JSON.parse(open(...scripts).evaluate(parser.compile(source, 'test.js')))
}

/** What a script printed at the top level of a plugin, as the compiler gets it. */
export function printed(script: string, ...scripts: readonly string[]): unknown {
  const source = `${script}; globalThis[Symbol.for('extism-ws.engine')].define({ f() {} })`
  const answer = JSON.parse(open(...scripts).evaluate(parser.compile(source, 'test.js'))) as {
    lines: unknown
  }
  return answer.lines
}

/** Names that the scripts of `inEngine` and `inNode` may use. */
const common = `
  const named = (error) => [error.name, typeof error.code === 'number' ? error.code : 0].join(' ');
  const thrown = (f) => { try { f(); return 'nothing' } catch (error) { return named(error) } };
  const rejected = async (promise) => {
    try { await promise; return 'nothing' } catch (error) { return named(error) }
  };
  const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
`

/** The natives that no build has, in JavaScript: a log, a clock, random bytes. */
const host = `
  const engine = globalThis[Symbol.for('extism-ws.engine')];
  const { native, loop, hostFunctions, extismFunctions } = engine;
  engine.define({ f() {} });
  let now = 0;
  let seed = 1;
  const log = [];
  native.now = () => now;
  native.log = (level, text) => void log.push([level, text]);
  native.features = () => null;
  native.randomFill = (bytes) => {
    for (let i = 0; i < bytes.length; i++) bytes[i] = (seed = (seed * 16807) % 2147483647);
  };
  loop.dispatch();
  const turn = () => {
    if (loop.timers.next() !== Infinity) now = Math.max(now, loop.timers.next());
    loop.dispatch();
  };
`

/**
 * Runs the body of an async function in an engine, where the plugin has been built. Timers take no
 * time. It may use `native`, `loop`, `hostFunctions`, `extismFunctions` and `log`, which has what the plugin logged.
 *
 * @returns what it returned, as JSON; what it threw as text.
 */
export function inEngine(script: string, ...scripts: readonly string[]): unknown {
  const engine = open(...scripts)
  const run = (source: string): string => engine.evaluate(parser.compile(source, 'test.js'))
  run(`
    var answer, turnTest;
    (() => {
      ${host}
      ${common}
      turnTest = turn;
      (async () => { ${script}
      })().then(
        (value) => { answer = { value } },
        (error) => { answer = { error: String(error) + '\\n' + error?.stack } },
      )
    })()`)
  let answer = run('JSON.stringify(answer) ?? ""')
  for (let turns = 0; answer === '' && turns < 100; turns++) {
    run('turnTest()')
    answer = run('JSON.stringify(answer) ?? ""')
  }
  if (answer === '') throw new Error('the script did not end')
  const { error, value = null } = JSON.parse(answer) as { error?: string; value?: unknown }
  if (error !== undefined) throw new Error(error)
  return value
}

const AsyncFunction = (async () => {}).constructor as new (body: string) => () => Promise<unknown>

/** Runs the same in Node, whose own APIs are what the engine's are compared with. */
export async function inNode(script: string): Promise<unknown> {
  const value = await new AsyncFunction(`${common} ${script}`)()
  return JSON.parse(JSON.stringify(value) ?? 'null') as unknown
}
