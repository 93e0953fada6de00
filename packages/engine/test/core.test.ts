import { describe, expect, it } from 'vitest'

import { evaluate } from './sandbox.js'

describe('TextEncoder', () => {
  it('encodes every plane as UTF-8', () => {
    const script = "return [...new TextEncoder().encode('aé€😀\\0')]"
    expect(evaluate(script)).toEqual([...new TextEncoder().encode('aé€😀\0')])
  })

  it('replaces lone surrogates', () => {
    const script = "return [...new TextEncoder().encode('a\\ud800b')]"
    expect(evaluate(script)).toEqual([...new TextEncoder().encode('a\ud800b')])
  })

  it('encodes into a buffer as far as whole characters fit', () => {
    const script = `
      const to = new Uint8Array(5)
      return { ...new TextEncoder().encodeInto('aé€😀', to), to: [...to] }`
    const to = new Uint8Array(5)
    const result = new TextEncoder().encodeInto('aé€😀', to)
    expect(evaluate(script)).toEqual({ ...result, to: [...to] })
  })
})

describe('TextDecoder', () => {
  const cases: [string, number[]][] = [
    ['ASCII', [0x68, 0x69]],
    ['four bytes', [0xf0, 0x9f, 0x98, 0x80]],
    ['a byte order mark', [0xef, 0xbb, 0xbf, 0x61]],
    ['a zero byte', [0x61, 0, 0x62]],
    ['a stray continuation', [0x61, 0x80, 0x62]],
    ['a truncated sequence', [0x61, 0xe2, 0x82]],
    ['an overlong form', [0xc0, 0xaf]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['beyond U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
    ['a byte that never occurs', [0xff, 0x61]],
  ]

  it.each(cases)('decodes %s as WHATWG says', (_name, bytes) => {
    const script = `return new TextDecoder().decode(new Uint8Array(${JSON.stringify(bytes)}))`
    expect(evaluate(script)).toBe(new TextDecoder().decode(new Uint8Array(bytes)))
  })

  it.each(cases)('is as strict about %s as WHATWG says, when fatal', (_name, bytes) => {
    const script = `
      try { return new TextDecoder('utf-8', { fatal: true }).decode(new Uint8Array(${JSON.stringify(bytes)})) }
      catch (error) { return error.name }`
    let expected: string
    try {
      expected = new TextDecoder('utf-8', { fatal: true }).decode(new Uint8Array(bytes))
    } catch (error) {
      expected = (error as Error).name
    }
    expect(evaluate(script)).toBe(expected)
  })

  it('decodes views of any kind, and nothing', () => {
    const script = `
      const bytes = new Uint8Array([0, 104, 105, 0])
      return [
        new TextDecoder().decode(bytes.subarray(1, 3)),
        new TextDecoder().decode(new DataView(bytes.buffer, 1, 2)),
        new TextDecoder().decode(bytes.buffer.slice(1, 3)),
        new TextDecoder().decode(),
      ]`
    expect(evaluate(script)).toEqual(['hi', 'hi', 'hi', ''])
  })

  it('keeps the byte order mark when asked', () => {
    const script = `return new TextDecoder('utf8', { ignoreBOM: true }).decode(new Uint8Array([0xef, 0xbb, 0xbf]))`
    expect(evaluate(script)).toBe('\ufeff')
  })

  it('refuses other encodings', () => {
    expect(() => evaluate("new TextDecoder('big5')")).toThrow(/"big5" is not supported/)
  })
})

describe('the global object', () => {
  it('has what the prelude defines, writable like other globals', () => {
    const script = `
      const names = ['Host', 'Var', 'Config', 'setTimeout', 'clearTimeout',
        'setInterval', 'clearInterval', 'queueMicrotask', 'TextEncoder', 'TextDecoder']
      return names.map((name) => {
        const { writable, configurable } = Object.getOwnPropertyDescriptor(globalThis, name)
        return typeof globalThis[name] !== 'undefined' && writable && configurable
      }).every(Boolean) && self === globalThis && global === globalThis`
    expect(evaluate(script)).toBe(true)
  })

  it('hides the natives', () => {
    expect(evaluate('return typeof __ews_native')).toBe('undefined')
  })

  it('has disposal symbols', () => {
    expect(evaluate('return typeof Symbol.asyncDispose + typeof Symbol.dispose')).toBe(
      'symbolsymbol',
    )
  })

  it.each([
    ["Var.get('x')", "Var.getString('x')"],
    ['Config.get', "Config.get('x')"],
  ])('refuses %s while a plugin is built', (_name, script) => {
    expect(() => evaluate(script)).toThrow(/while the plugin was being built/)
  })

  it('has Host.getFunctions at the top level too, where js-pdk’s plugins take theirs', () => {
    expect(evaluate('return Object.keys(Host.getFunctions())')).toEqual([])
  })

  it('refuses timers whose handler is no function', () => {
    expect(() => evaluate("setTimeout('code')")).toThrow(/handler must be a function/)
  })
})

describe('Math.random', () => {
  it('is uniform enough, and the same in every build', () => {
    const script = 'return Array.from({ length: 1000 }, Math.random)'
    const numbers = evaluate(script) as number[]
    expect(numbers).toEqual(evaluate(script))
    expect(new Set(numbers).size).toBe(1000)
    expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true)
    const mean = numbers.reduce((sum, number) => sum + number, 0) / numbers.length
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.05)
  })
})
