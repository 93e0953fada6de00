import { dirname } from 'node:path'
import type { Plugin } from 'esbuild'

/** The module of the guest library's globals, empty in a project that does not have it. */
export const guestGlobals = 'extism-ws:globals'
const accept = 'extism-ws:accept'

/**
 * What of the guest library gets into a bundle without an import, where the project has it: free names like
 * `WebSocket`, and what turns connections into sockets, of which an author needs no more than the types. It is
 * found as an import of the entry file would be: Node's own look-up also knows folders outside the project.
 */
export class GuestLibrary {
  /** For esbuild's option `inject`. */
  readonly inject: readonly string[]
  readonly plugin: Plugin
  #folder: string | undefined

  /**
   * @param entry absolute path of the entry file.
   * @param accepts whether what `onConnection` needs belongs into the bundle.
   */
  constructor(entry: string, accepts: boolean) {
    this.inject = accepts ? [guestGlobals, accept] : [guestGlobals]
    this.plugin = {
      name: 'extism-ws',
      setup: (build) => {
        build.onResolve({ filter: /^extism-ws:(globals|accept)$/ }, async ({ path: wanted }) => {
          const resolveDir = dirname(entry)
          const name = wanted.replace('extism-ws:', '@extism-ws/guest/')
          const found = await build.resolve(name, { kind: 'import-statement', resolveDir })
          const { path, sideEffects } = found
          if (found.errors.length > 0) return { path: wanted, namespace: 'extism-ws' }
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
