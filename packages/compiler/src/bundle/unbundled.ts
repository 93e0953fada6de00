import type { LogLevel, Message } from 'esbuild'

const dynamicImport = 'unsupported-dynamic-import'
const dynamicRequire = 'unsupported-require-call'

/** For esbuild's option `logOverride`: what it leaves to the engine, which has no modules to load. */
export const unbundled: Record<string, LogLevel> = {
  [dynamicImport]: 'warning',
  [dynamicRequire]: 'warning',
}

/**
 * Sorts esbuild's messages: an `import()` of the author's own that is not bundled can only fail. One
 * in a package is seldom reached, and nothing that the author could change.
 */
export function sortOut(messages: readonly Message[]): { errors: Message[]; warnings: Message[] } {
  const shown = messages.filter(
    ({ id, location }) =>
      !Object.hasOwn(unbundled, id) || !/(^|\/)node_modules\//.test(location?.file ?? ''),
  )
  return {
    errors: shown.filter(({ id }) => id === dynamicImport),
    warnings: shown.filter(({ id }) => id !== dynamicImport),
  }
}

/** Such a message in words about plugins; undefined for another. */
export function aboutUnbundled({ id }: Message): string | undefined {
  const why = 'a plugin has no files to load at run time: write the name as a string literal'
  if (id === dynamicImport) return `this import() cannot be bundled: ${why}`
  if (id === dynamicRequire) return `this require() cannot be bundled and will throw: ${why}`
  return undefined
}
