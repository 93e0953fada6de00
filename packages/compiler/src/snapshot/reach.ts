import { globalScripts, type GlobalScript } from '@extism-ws/engine'
import { transform } from 'esbuild'

/**
 * The globals that a bundle can reach: those whose name is a word of it, be it an identifier, the
 * name of a property or a part of a string, but not of a comment; and what these need. It may be one too many, which costs
 * size; one too few would be a ReferenceError at run time.
 *
 * @returns in the order in which they are evaluated.
 */
export async function reachedGlobals(
  code: string,
  scripts: readonly GlobalScript[] = globalScripts,
): Promise<GlobalScript[]> {
  const words = new Set((await withoutComments(code)).match(anyOf(scripts)) ?? [])
  const reached = new Set<string>()
  // From the end: what a script needs comes before it.
  for (const { name, defines, needs } of scripts.toReversed()) {
    if (!reached.has(name) && !defines.some((word) => words.has(word))) continue
    reached.add(name)
    for (const needed of needs) reached.add(needed)
  }
  return scripts.filter(({ name }) => reached.has(name))
}

/** By a parser: in a regular expression or a string, what looks like a comment is none. */
async function withoutComments(code: string): Promise<string> {
  const { code: bare } = await transform(code, { minifyWhitespace: true, legalComments: 'none' })
  return bare
}

/** JavaScript's word boundary: `$` is part of a name. */
function anyOf(scripts: readonly GlobalScript[]): RegExp {
  const names = scripts.flatMap(({ defines }) => defines)
  return new RegExp(`(?<![\\w$])(?:${names.join('|')})(?![\\w$])`, 'g')
}
