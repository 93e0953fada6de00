import { readFile } from 'node:fs/promises'
import { basename, dirname, relative, resolve } from 'node:path'
import type { Message, StdinOptions } from 'esbuild'

/**
 * Whether an entry file is a script in js-pdk's sense, with `module.exports`, although the nearest
 * package.json says that all its `.js` files are modules: js-pdk does not look at package.json.
 */
export function isScriptInModule(
  warnings: readonly Message[],
  entry: string,
  folder: string,
): boolean {
  return warnings.some(
    ({ id, location }) =>
      id === 'commonjs-variable-in-esm' &&
      location !== null &&
      resolve(folder, location.file) === entry,
  )
}

/** Such a file as esbuild takes it for what it is, because nothing says where it lies. */
export async function asScript(entry: string, folder: string): Promise<StdinOptions> {
  return {
    contents: await readFile(entry, 'utf8'),
    // Below the project, so that the source map finds it.
    sourcefile: relative(folder, entry),
    resolveDir: dirname(entry),
    loader: /\.[cm]?tsx?$/.test(basename(entry)) ? 'tsx' : 'jsx',
  }
}
