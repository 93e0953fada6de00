import { globalScripts, type GlobalScript } from '@extism-ws/engine'
import { transform } from 'esbuild'

/** Words that stand before or behind a name with nothing but a space between. */
const before = new Set(
  (
    'async await case class const default delete do else export extends from function get import in ' +
    'instanceof let new of return set static throw typeof using var void yield'
  ).split(' '),
)
const behind = new Set(['extends', 'in', 'instanceof'])
/** Characters that the longest of them has, with its spaces. */
const longest = 16

/**
 * The globals that a bundle can reach: those whose name is a word of it, be it an identifier, the
 * name of a property or a string, and what these need. It may be one too many, which costs size; one
 * too few would be a ReferenceError at run time. Words of comments and of sentences do not count.
 *
 * @returns in the order in which they are evaluated.
 */
export async function reachedGlobals(
  code: string,
  scripts: readonly GlobalScript[] = globalScripts,
): Promise<GlobalScript[]> {
  const words = await wordsOf(code, scripts)
  const reached = new Set<string>()
  // From the end: what a script needs comes before it.
  for (const { name, defines, needs } of scripts.toReversed()) {
    if (!reached.has(name) && !defines.some((word) => words.has(word))) continue
    reached.add(name)
    for (const needed of needs) reached.add(needed)
  }
  return scripts.filter(({ name }) => reached.has(name))
}

async function wordsOf(code: string, scripts: readonly GlobalScript[]): Promise<Set<string>> {
  const names = scripts.flatMap(({ defines }) => defines)
  // JavaScript's word boundary: `$` is part of a name.
  const word = new RegExp(`(?<![\\w$])(?:${names.join('|')})(?![\\w$])`, 'g')
  if (code.search(word) < 0) return new Set()
  // Without comments, and without the spaces that code does not need: what is left are sentences'.
  const { code: dense } = await transform(code, { minifyWhitespace: true, legalComments: 'none' })
  const found = [...dense.matchAll(word)].filter(({ 0: text, index }) => {
    return !inSentence(dense, index, index + text.length)
  })
  return new Set(found.map(([text]) => text))
}

/** Whether a space that code would not need stands before a word or behind it. */
function inSentence(dense: string, start: number, end: number): boolean {
  const [, last = ''] = /([\w$]*) $/.exec(dense.slice(Math.max(0, start - longest), start)) ?? []
  if (dense[start - 1] === ' ' && !before.has(last)) return true
  const [, next = ''] = /^ ([\w$]*)/.exec(dense.slice(end, end + longest)) ?? []
  return dense[end] === ' ' && !behind.has(next)
}
