import { dirname } from 'node:path'
import type { Plugin } from 'esbuild'

const globals = '@extism-ws/guest/globals'
/** The module of the guest library's globals, empty in a project that does not have it. */
export const guestGlobals = 'extism-ws:globals'

/**
 * Gives free names like `WebSocket` a meaning, where the project has the guest library. It is found
 * as an import of the entry file would be: Node's own look-up also knows folders outside the project.
 */
export class GuestLibrary {
  /** For esbuild's option `inject`. */
  readonly inject = guestGlobals
  readonly plugin: Plugin
  #folder: string | undefined

  /** @param entry absolute path of the entry file. */
  constructor(entry: string) {
    this.plugin = {
      name: 'extism-ws',
      setup: (build) => {
        build.onResolve({ filter: new RegExp(`^${guestGlobals}$`) }, async () => {
          const resolveDir = dirname(entry)
          const found = await build.resolve(globals, { kind: 'import-statement', resolveDir })
          const { path, sideEffects } = found
          if (found.errors.length > 0) return { path: guestGlobals, namespace: 'extism-ws' }
          this.#folder = dirname(dirname(path))
          return { path, sideEffects }
        })
        build.onLoad({ filter: /^/, namespace: 'extism-ws' }, () => ({ contents: '' }))
      },
    }
  }

  /** Where its files are, absolute, after the build; undefined in a project that does not have it. */
  get folder(): string | undefined {
    return this.#folder
  }
}
