import { atPlace } from '../bundle/place.js'
import type { StackReader } from './stack.js'

/** Something that the top level read while the plugin was built. */
export interface BuildWarning {
  /** `Math.random`, `Date.now` … */
  readonly api: string
  readonly stack: string
}

/** The warnings as an author reads them; one for each place. */
export function buildWarnings(warnings: readonly BuildWarning[], stacks: StackReader): string[] {
  const texts = warnings.map(({ api, stack }) => {
    const text =
      `${api} is read at the top level, which runs once, while the plugin is built: ` +
      'every instance gets the same value. Read it inside an exported function'
    const { place } = stacks.read(stack)
    return place === undefined ? text : atPlace(place, text)
  })
  return [...new Set(texts)]
}
