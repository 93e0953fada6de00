import { inspect } from 'node:util'
import { runInThisContext } from 'node:vm'

import { describe, expect, it } from 'vitest'

import { inEngine, printed } from '../sandbox.js'

/** What one call of a method printed. */
function line(call: string): unknown {
  return printed(call, 'console')
}

const values: [string, string][] = [
  ['strings', `['a', "it's", 'both " and \\'', 'line\\nbreak', '']`],
  ['numbers', '[1, -0, NaN, Infinity, 10n]'],
  ['what is nothing', '[null, undefined, true, Symbol("s")]'],
  ['objects', `({ a: 1, 'b-c': 'x', 3: { d: [] }, [Symbol('k')]: {} })`],
  ['empty ones', '[{}, [], new Map(), new Set()]'],
  ['depth', '({ a: { b: { c: { d: { e: { f: { g: 1 } } } } } }, l: [[[[[[[1]]]]]]] })'],
  ['sparse arrays', `Object.assign([1, , , 4, , ], { extra: true })`],
  ['long arrays', 'Array.from({ length: 103 }, (_, i) => i)'],
  ['an array with few items in many places', `Object.assign([], { length: 1e9, 5: 'x' })`],
  ['a megabyte', 'new Uint8Array(1e6)'],
  ['maps and sets', `new Map([['a', { b: new Set([1, 'x']) }], [{ k: 1 }, null]])`],
  ['typed arrays', 'new Uint8Array([1, 2, 255])'],
  ['buffers', 'new Uint8Array([1, 2, 255]).buffer'],
  ['dates', '[new Date(0), new Date(NaN)]'],
  ['regular expressions', '/a+/gi'],
  ['functions', '[function named() {}, () => {}, class A {}, class {}]'],
  ['instances', `new (class Point { x = 1; y = 'two' })()`],
  ['no prototype', `Object.assign(Object.create(null), { a: 1 })`],
  ['boxed values', `[new Number(3), new String('abc'), new Boolean(false), Object(1n)]`],
  ['accessors', '({ get a() { return 1 }, set b(v) {}, get c() { return 1 }, set c(v) {} })'],
  ['circles', `(() => { const a = { n: 1 }; a.self = a; a.list = [a, { a }]; return a })()`],
  ['two circles', `(() => { const a = {}; const b = { a }; a.b = b; b.b = b; return [a, b] })()`],
  ['tags', `({ [Symbol.toStringTag]: 'Tag', a: 1 })`],
]

describe('console', () => {
  it.each(values)('shows %s as Node does', (_name, value) => {
    const expected = inspect(runInThisContext(`(${value})`), {
      depth: 4,
      breakLength: Infinity,
      compact: true,
    })
    expect(line(`console.dir(${value})`)).toEqual([{ level: 2, text: expected }])
  })

  it('prints one line per call, at its level', () => {
    const script = `
      console.log('a', 1, true, null, undefined); console.info('info'); console.debug(10n)
      console.warn(Symbol('s')); console.error({ x: [1] }); console.log()
      console.dirxml({ a: 1 }, 'b'); console.clear()`
    expect(line(script)).toEqual([
      { level: 2, text: 'a 1 true null undefined' },
      { level: 2, text: 'info' },
      { level: 1, text: '10n' },
      { level: 3, text: 'Symbol(s)' },
      { level: 4, text: '{ x: [ 1 ] }' },
      { level: 2, text: '' },
      { level: 2, text: '{ a: 1 } b' },
    ])
  })

  it('shows an error with its message, stack, cause and own properties', () => {
    const script = `
      function make() { return Object.assign(new TypeError('no', { cause: new Error('why') }), { code: 'E' }) }
      console.error('failed:', make())`
    const [{ text }] = line(script) as [{ text: string }]
    expect(text).toMatch(/^failed: TypeError: no\n {4}at make \(test\.js:\d+:\d+\)/)
    expect(text).toMatch(/\[cause\]: Error: why\n {4}at make/)
    expect(text).toContain("code: 'E'")
  })

  it("leaves out frames of the engine's own scripts", () => {
    const script = `
      try { new URL('nope') } catch (error) { console.log(error) }
      function here() { console.trace() } here()`
    const lines = printed(script, 'console', 'url') as { text: string }[]
    expect(lines.map(({ text }) => text.replaceAll(/:\d+:\d+/g, ''))).toEqual([
      `TypeError: Invalid URL: "nope"\n    at <eval> (test.js) { code: 'ERR_INVALID_URL' }`,
      'Trace\n    at here (test.js)\n    at <eval> (test.js)',
    ])
  })

  it('replaces what begins with a percent sign', () => {
    const script = `
      console.log('%s is %d, %i, %f, %j%%', 'x', '42', 3.9, '1.5', { a: [1] }, 'rest', { b: 2 })
      console.log('%o and %O%c!', [1], { a: 1 }, 'color: red')
      console.log('%s %s', 'only one'); console.log('100%', 1); console.log('%d', 10n)
      console.log('%d %i', {}, Symbol()); console.log({ not: 'a format' }, '%s')
      console.log('%s', -0, null); console.log('%'); console.log('%s')`
    expect((line(script) as { text: string }[]).map(({ text }) => text)).toEqual([
      `x is 42, 3, 1.5, {"a":[1]}% rest { b: 2 }`,
      '[ 1 ] and { a: 1 }!',
      'only one %s',
      '100% 1',
      '10n',
      'NaN NaN',
      "{ not: 'a format' } %s",
      '-0 null',
      '%',
      '%s',
    ])
  })

  it('never throws, whatever it is given', () => {
    const script = `
      const { proxy, revoke } = Proxy.revocable({}, {}); revoke()
      console.log(proxy, new Proxy([1], {}))
      console.dir(new Proxy({}, { ownKeys() { throw new Error('trap') } })); console.table(proxy)
      console.log({ get a() { throw new Error('getter') } }, '%s', { toString() { throw 1 } })`
    const lines = line(script) as { text: string }[]
    expect(lines.map(({ text }) => text)).toEqual([
      '[object that cannot be shown] [ 1 ]',
      '[object that cannot be shown]',
      '[object that cannot be shown]',
      '{ a: [Getter] } %s { toString: [Function: toString] }',
    ])
  })

  it('shows what keeps its parts to itself', () => {
    const script = `
      console.log(new URL('https://a/'), new URLSearchParams('a=1'), new Headers({ b: 'c' }), new Event('x'))`
    expect(printed(script, 'console', 'fetch')).toEqual([
      {
        level: 2,
        text: "URL 'https://a/' URLSearchParams { 'a' => '1' } Headers { 'b' => 'c' } Event {}",
      },
    ])
  })

  it('asserts', () => {
    const script = `
      console.assert(true, 'no'); console.assert(false); console.assert(0, 'a %s', 'b'); console.assert('', { a: 1 })`
    expect(line(script)).toEqual([
      { level: 4, text: 'Assertion failed' },
      { level: 4, text: 'Assertion failed: a b' },
      { level: 4, text: 'Assertion failed { a: 1 }' },
    ])
  })

  it('counts', () => {
    const script = `
      console.count(); console.count('x'); console.count(); console.countReset()
      console.count(); console.countReset('y')`
    expect(line(script)).toEqual([
      { level: 2, text: 'default: 1' },
      { level: 2, text: 'x: 1' },
      { level: 2, text: 'default: 2' },
      { level: 2, text: 'default: 1' },
      { level: 3, text: "Count for 'y' does not exist" },
    ])
  })

  it('measures time', () => {
    const script = `
      console.time(); console.time(); await sleep(20); console.timeLog('default', { a: 1 })
      await sleep(5); console.timeEnd(); console.timeEnd()
      return log`
    expect(inEngine(script, 'console')).toEqual([
      [3, "Timer 'default' already exists"],
      [2, 'default: 20ms { a: 1 }'],
      [2, 'default: 25ms'],
      [3, "Timer 'default' does not exist"],
    ])
  })

  it('indents what is in a group', () => {
    const script = `
      console.group('g'); console.log('a\\nb'); console.groupCollapsed(); console.warn('c')
      console.groupEnd(); console.groupEnd(); console.groupEnd(); console.log('d')`
    expect(line(script)).toEqual([
      { level: 2, text: 'g' },
      { level: 2, text: '  a\n  b' },
      { level: 3, text: '    c' },
      { level: 2, text: 'd' },
    ])
  })

  it('draws tables', () => {
    const script = `
      console.table([{ a: 1, b: 'x' }, { a: 2, c: {} }]); console.table(['p', 'q'])
      console.table({ r: { a: 1, b: 2 } }, ['b']); console.table(5)`
    expect((line(script) as { text: string }[]).map(({ text }) => text)).toEqual([
      [
        '┌─────────┬───┬─────┬────┐',
        '│ (index) │ a │ b   │ c  │',
        '├─────────┼───┼─────┼────┤',
        "│ 0       │ 1 │ 'x' │    │",
        '│ 1       │ 2 │     │ {} │',
        '└─────────┴───┴─────┴────┘',
      ].join('\n'),
      [
        '┌─────────┬────────┐',
        '│ (index) │ Values │',
        '├─────────┼────────┤',
        "│ 0       │ 'p'    │",
        "│ 1       │ 'q'    │",
        '└─────────┴────────┘',
      ].join('\n'),
      [
        '┌─────────┬───┐',
        '│ (index) │ b │',
        '├─────────┼───┤',
        '│ r       │ 2 │',
        '└─────────┴───┘',
      ].join('\n'),
      '5',
    ])
  })

  it('traces to where it was called', () => {
    const script = `function here() { console.trace('at %s', 'x') } here()`
    const [{ level, text }] = line(script) as [{ level: number; text: string }]
    expect(level).toBe(1)
    expect(text).toMatch(/^Trace: at x\n {4}at here \(test\.js:1:\d+\)/)
  })
})
