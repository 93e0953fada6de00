import { globalScripts, type GlobalScript } from '@extism-ws/engine'

/**
 * The globals that a bundle can reach: those whose name is a word of it, be it an identifier, the
 * name of a property or a part of a string, and what these need. It may be one too many, which costs
 * size; one too few would be a ReferenceError at run time.
 *
 * @returns in the order in which they are evaluated.
 */
export function reachedGlobals(
  code: string,
  scripts: readonly GlobalScript[] = globalScripts,
): GlobalScript[] {
  const words = new Set(code.match(anyOf(scripts)) ?? [])
  const reached = new Set<string>()
  // From the end: what a script needs comes before it.
  for (const { name, defines, needs } of scripts.toReversed()) {
    if (!reached.has(name) && !defines.some((word) => words.has(word))) continue
    reached.add(name)
    for (const needed of needs) reached.add(needed)
  }
  return scripts.filter(({ name }) => reached.has(name))
}

/** JavaScript's word boundary: `$` is part of a name. */
function anyOf(scripts: readonly GlobalScript[]): RegExp {
  const names = scripts.flatMap(({ defines }) => defines)
  return new RegExp(`(?<![\\w$])(?:${names.join('|')})(?![\\w$])`, 'g')
}
