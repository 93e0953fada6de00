import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

/** A line of the page: what is claimed, and the test that proves it. */
interface Claim {
  readonly what: string
  readonly file: string
  readonly name: string
}

const page = readFileSync(new URL('../../../docs/threat-model.md', import.meta.url), 'utf8')
const lines = page
  .split('\n')
  .filter((line) => /^\| (?!---)/.test(line) && !line.endsWith(' | Test |'))
const claims = lines.map((line): Claim => {
  const [, what, file, name] = /^\| (.*) \| `(test\/[^`]+)`: (.*) \|$/.exec(line) ?? []
  return { what: what ?? line, file: file ?? '', name: name?.trim() ?? '' }
})

/** Whether the file has a test of that name which is not skipped. */
function hasTest(text: string, name: string): boolean {
  return ["'", '"', '`'].some((quote) => {
    const literal = `${quote}${name.replaceAll(quote, `\\${quote}`)}${quote}`
    return text.split(literal).slice(0, -1).some(isTestBefore)
  })
}

/** Whether a text ends with the call of `it` or `test`, also of `it.each(…)`. */
function isTestBefore(text: string): boolean {
  const call = text.trimEnd()
  if (!call.endsWith('(')) return false
  return /(?:\b(?:it|test)|\b(?:it|test)\.(?:runIf|skipIf)\([^()]*\)|\))\($/.test(call)
}

describe('docs/threat-model.md', () => {
  it('has lines on each of its subjects', () => {
    const sections = page.split('\n## ').slice(1)
    expect(sections.map((section) => section.split('\n', 1)[0])).toEqual([
      'Which servers',
      'Headers',
      'TLS',
      'Ids, pointers and records',
      'Memory',
      'Time',
      'HTTP',
      'Limits',
      'Crashes',
      'Servers',
      'Plugins among each other',
      'Connections that others open',
    ])
    for (const section of sections)
      expect(section.match(/^\| (?!---)/gm)?.length).toBeGreaterThan(1)
    expect(lines.length).toBeGreaterThan(50)
  })

  it.each(claims)('says what holds, which is tested: $what', ({ file, name }) => {
    const path = new URL(`../${file}`, import.meta.url)
    expect(existsSync(path), `there is no ${file}`).toBe(true)
    const found = name !== '' && hasTest(readFileSync(path, 'utf8'), name)
    expect(found, `${file} has no test "${name}"`).toBe(true)
  })

  it('is checked by what finds tests only, and those by their whole names', () => {
    const text = `it.each([\n  ['a'],\n])('is %s', () => {})\ntest("it's", f)\ndescribe('d', f)\nf('no', 'is')`
    expect(['is %s', "it's"].map((name) => hasTest(text, name))).toEqual([true, true])
    expect(['is', 'd', 'a', 'no', ''].map((name) => hasTest(text, name))).not.toContain(true)
  })
})
