import type { Plugin } from 'esbuild'

/** Files of ours, below `globals`, that take the place of a package's; each says why. */
const replacements: Readonly<Record<string, string>> = {
  // Imported by whatwg-url, and nobody else.
  tr46: 'url/domain.ts',
  './percent-encoding': 'url/percent-encoding.ts',
}

export function replacedFiles(globals: string): Plugin {
  return {
    name: 'replaced-files',
    setup({ onResolve }) {
      onResolve({ filter: /^(tr46|\.\/percent-encoding)$/ }, ({ path }) => {
        const file = replacements[path]
        return file === undefined ? undefined : { path: `${globals}/${file}` }
      })
    },
  }
}
