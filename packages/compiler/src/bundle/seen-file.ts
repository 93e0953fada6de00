import type { Plugin } from 'esbuild'

/** Keeps a list of the files that esbuild reads: a failed build has no metafile. */
export function seenFiles(seen: Set<string> | undefined): Plugin {
  return {
    name: 'seen-files',
    setup: (build) => {
      // Every file costs a message to esbuild's process and back.
      if (seen === undefined) return
      build.onLoad({ filter: /^/, namespace: 'file' }, ({ path }) => {
        seen.add(path)
        return undefined
      })
    },
  }
}
