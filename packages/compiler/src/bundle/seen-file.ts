import { dirname, resolve } from 'node:path'
import type { Plugin } from 'esbuild'

import { unresolved } from './import-chain.js'

/** Keeps a list of the files that esbuild reads, or wants to: a failed build has no metafile. */
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
      build.onEnd(({ errors }) => {
        const { absWorkingDir = '' } = build.initialOptions
        for (const message of errors) {
          const wanted = unresolved(message)
          if (wanted === undefined || message.location === null) continue
          if (!wanted.startsWith('.')) continue
          seen.add(resolve(absWorkingDir, dirname(message.location.file), wanted))
        }
      })
    },
  }
}
