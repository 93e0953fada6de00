import { SourceMap, type SourceMapPayload } from 'node:module'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  findInMap,
  mapStack,
  scriptName,
  type FindSource,
  type SourceMapEntry,
} from '../src/index.js'

const nowhere: FindSource = () => undefined
const shifted: FindSource = (line, column) => ({ source: 'src/a.ts', line: line + 100, column })

/** Long enough that a pattern of quadratic cost would not end within a test's time. */
const long = 400_000

describe('mapStack', () => {
  test('puts the positions of the author in place of those of the bundle', () => {
    const stack = '    at load (plugin.js:3:14)\n    at run (plugin.js:20:5)\n'
    expect(mapStack(stack, shifted)).toBe(
      '    at load (src/a.ts:103:14)\n    at run (src/a.ts:120:5)',
    )
  })

  test('asks with lines and columns as they stand in the stack, counting from 1', () => {
    const asked: number[][] = []
    mapStack(`    at f (${scriptName}:1:1)`, (line, column) => {
      asked.push([line, column])
      return undefined
    })
    expect(asked).toEqual([[1, 1]])
  })

  test('leaves a position that the map does not know as it is', () => {
    expect(mapStack('    at f (plugin.js:1:2)', nowhere)).toBe('    at f (plugin.js:1:2)')
  })

  test('leaves out frames of the prelude and of natives, and empty lines', () => {
    const stack = [
      '    at run (plugin.js:1:1)',
      '    at call (extism-ws:prelude:1:5000)',
      '    at dispatchEvent (<null>:0:1)',
      '    at forEach (native)',
      '',
      '   ',
    ].join('\n')
    expect(mapStack(stack, nowhere)).toBe('    at run (plugin.js:1:1)')
  })

  test('does not take names that only contain the bundle’s for it', () => {
    for (const place of ['myplugin.js:1:2', 'plugin.jsx:1:2', 'pluginXjs:1:2', 'plugin.js:1']) {
      expect(mapStack(`    at ${place}`, shifted)).toBe(`    at ${place}`)
    }
  })

  test('takes the source’s name literally, also with the signs of replacement patterns', () => {
    const find: FindSource = () => ({ source: "$&$1$'.ts", line: 1, column: 2 })
    expect(mapStack('    at f (plugin.js:9:9)', find)).toBe("    at f ($&$1$'.ts:1:2)")
  })

  test('is empty for an empty stack', () => {
    expect(mapStack('', shifted)).toBe('')
    expect(mapStack('\n \n', shifted)).toBe('')
  })

  test('changes nothing but positions in the bundle, whatever else a stack says', () => {
    const line = fc.string({ unit: 'binary' }).filter((text) => !/[\n]/.test(text))
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const stack = lines.join('\n')
        fc.pre(!stack.includes(scriptName) && !/native|prelude|<null>/.test(stack))
        const kept = lines.filter((each) => each.trim() !== '')
        expect(mapStack(stack, shifted)).toBe(kept.join('\n'))
      }),
    )
  })

  test.each([
    ['digits without an end', `plugin.js:${'1'.repeat(long)}`],
    ['digits without an end, twice', `plugin.js:1:${'1'.repeat(long)}`],
    ['the name of the bundle over and over', 'plugin.js:'.repeat(long / 10)],
    ['half positions', 'plugin.js:1:'.repeat(long / 12)],
    ['white space', ' '.repeat(long)],
    ['white space and at', `${' '.repeat(long)}at`],
    ['frames that never become native', `    at ${'(native '.repeat(long / 8)}`],
    ['frames that never become the prelude', `    at ${'extism-ws:prelud '.repeat(long / 17)}`],
    ['the word at', ` at${' at'.repeat(long / 3)}`],
    ['empty lines', '\n'.repeat(long)],
  ])('reads a hostile stack in one go: %s', (_what, stack) => {
    expect(mapStack(stack, shifted).length).toBeLessThanOrEqual(stack.length + 100)
  })

  test('asks for positions of absurd size like for any other', () => {
    const asked: number[] = []
    const stack = `    at f (plugin.js:${'9'.repeat(400)}:00)`
    const mapped = mapStack(stack, (line, column) => {
      asked.push(line, column)
      return undefined
    })
    expect(asked).toEqual([Infinity, 0])
    expect(mapped).toBe(stack)
  })
})

describe('findInMap', () => {
  test('asks a map that counts from 0, and answers from 1', () => {
    const asked: number[][] = []
    const find = findInMap((line, column): SourceMapEntry => {
      asked.push([line, column])
      return { originalSource: 'a.ts', originalLine: 6, originalColumn: 0 }
    })
    expect(find(1, 8)).toEqual({ source: 'a.ts', line: 7, column: 1 })
    expect(asked).toEqual([[0, 7]])
  })

  test('answers undefined where the map has nothing', () => {
    expect(findInMap(() => ({}))(1, 1)).toBeUndefined()
  })

  // Counting from 0: columns 0 to 9 and from 20 on are line 2, column 5; 10 to 19 have no source.
  const map = new SourceMap({
    version: 3,
    file: scriptName,
    sources: ['src/a.ts'],
    sourcesContent: [],
    names: [],
    mappings: 'AAEK,U,UAAA',
    sourceRoot: '',
  } satisfies SourceMapPayload)
  const find = findInMap((line, column) => map.findEntry(line, column))

  test('works on the source maps of Node', () => {
    expect(find(1, 1)).toEqual({ source: 'src/a.ts', line: 3, column: 6 })
    expect(find(1, 10)).toEqual({ source: 'src/a.ts', line: 3, column: 6 })
    expect(find(1, 21)).toEqual({ source: 'src/a.ts', line: 3, column: 6 })
  })

  test('answers undefined for code that a bundler added, which has no source', () => {
    expect(find(1, 11)).toBeUndefined()
    expect(mapStack('    at f (plugin.js:1:11)', find)).toBe('    at f (plugin.js:1:11)')
  })

  test('answers undefined before the first mapping', () => {
    expect(find(0, 0)).toBeUndefined()
  })
})
