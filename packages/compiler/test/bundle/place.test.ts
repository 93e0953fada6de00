import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { atPlace, fromHere } from '../../src/bundle/place.js'

const file = join(process.cwd(), 'src', 'plugin.ts')

function at(text: string | undefined, column: number, length = 1): string {
  return atPlace({ file, line: 12, column, length, text }, 'wrong')
}

describe('a message with a place', () => {
  test('starts with file, line and column, and points into the line', () => {
    expect(at('const a = b', 11)).toBe(
      ['src/plugin.ts:12:11: wrong', '', '    12 │ const a = b', '       ╵           ^'].join('\n'),
    )
  })

  test('underlines what is longer than one character', () => {
    expect(at('const abc = 1', 7, 3)).toContain('\n       ╵       ~~~')
  })

  test('does not underline beyond the end of the line', () => {
    expect(at('await (', 7, 50)).toContain('\n       ╵       ^')
  })

  test('points at the end of an empty line', () => {
    expect(at('', 1)).toBe('src/plugin.ts:12:1: wrong\n\n    12 │ \n       ╵ ^')
  })

  test('counts a tab as the one column it is', () => {
    expect(at('\t\tthrow x', 3)).toContain('│   throw x\n       ╵   ^')
  })

  test('has no excerpt when the source is not known', () => {
    expect(at(undefined, 3)).toBe('src/plugin.ts:12:3: wrong')
  })

  test('shows of a minified line what is around the column', () => {
    const line = `${'a'.repeat(5000)}!${'b'.repeat(5000)}`
    const [, , source = '', mark = ''] = at(line, 5001).split('\n')
    expect(source).toBe(`    12 │ …${'a'.repeat(60)}!${'b'.repeat(39)}…`)
    expect(source[mark.indexOf('^')]).toBe('!')
  })

  test('shows the start of a long line when the column is there', () => {
    const [, , source = '', mark = ''] = at(`!${'b'.repeat(5000)}`, 1).split('\n')
    expect(source).toBe(`    12 │ !${'b'.repeat(99)}…`)
    expect(source[mark.indexOf('^')]).toBe('!')
  })
})

test('paths are shown relative to the working directory', () => {
  expect(fromHere(file)).toBe(join('src', 'plugin.ts'))
  expect(fromHere(join(process.cwd(), '..', 'other.ts'))).toBe(join('..', 'other.ts'))
})
