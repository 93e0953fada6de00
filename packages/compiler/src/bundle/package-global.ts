import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { transform, type Plugin, type PluginBuild } from 'esbuild'

import { guestGlobals } from './guest-library.js'

const virtual = 'extism-ws:package-globals'

/** Where the shims are: TypeScript in the sources, JavaScript in what is published. */
export const shimFolder = join(dirname(fileURLToPath(import.meta.url)), '../shim')

/** Free names that packages use, and what they are renamed to. */
const renamed = { navigator: '__ews_navigator', process: '__ews_process' }
/** What bundlers set is none of them. */
const bundlers = { 'process.env.NODE_ENV': '"production"' }
const word = /(?<![\w$.])(?:navigator|process(?!\.env\.NODE_ENV\b))(?![\w$])/

/** The classes of the guest library that are globals on the Web. */
export const guestClasses = ['WebSocket', 'WebSocketStream', 'WebSocketError']

/**
 * A statement that makes a class of the guest library a property of the global object, in bundles that
 * have `PackageGlobals.inject`. In a project without the library it does nothing.
 */
export function setGlobal(name: string): string {
  return `__ews_${name} && (globalThis.${name} ??= __ews_${name});`
}

/** What is looked up in the global object, and what must be done before. */
const properties: readonly (readonly [RegExp, string])[] = [
  // Undefined in a project without the guest library, where a free WebSocket is nothing either.
  [/(?:\.|['"])WebSocket(?![\w$])/, setGlobal('WebSocket')],
  // `self.constructor.name` is how mqtt tells workers, which have no page either, from Node.
  [/(?<![\w$])WorkerGlobalScope(?![\w$])/, 'globalThis.constructor = __ews_worker;'],
]
/** Our own packages are what the names come from. */
const ours = /[/\\]node_modules[/\\]@extism-ws[/\\][^/\\]+[/\\](?!.*[/\\]node_modules[/\\])/

/** Whether a file is of an installed package: there an author cannot change what is written. */
export function isInPackage(file: string): boolean {
  return /[/\\]node_modules[/\\]/.test(file)
}

/**
 * Gives packages the globals that libraries for browsers count on: `process` and `navigator`, and
 * `WebSocket` as a property of the global object, which is a worker's. The author's own files do not
 * have the first two: an empty `process.env` would only hide that there is none.
 */
export class PackageGlobals {
  /** For esbuild's option `inject`, in bundles that have `needed` it: it leaves traces in others. */
  static readonly inject = virtual
  readonly plugin: Plugin
  #needed = false

  constructor() {
    this.plugin = {
      name: 'package-globals',
      setup: (build) => {
        build.onResolve({ filter: new RegExp(`^${virtual}$`) }, ({ path }) => ({
          path,
          namespace: virtual,
          sideEffects: false,
        }))
        build.onLoad({ filter: /^/, namespace: virtual }, async () => ({
          contents: [
            "export { __ews_navigator, __ews_process, __ews_worker } from './globals'",
            ...((await hasGuestLibrary(build))
              ? guestClasses.map(
                  (name) => `export { ${name} as __ews_${name} } from '${guestGlobals}'`,
                )
              : guestClasses.map((name) => `export const __ews_${name} = undefined`)),
          ].join('\n'),
          resolveDir: shimFolder,
        }))
        build.onLoad({ filter: /[/\\]node_modules[/\\].*\.[cm]?js$/ }, async ({ path }) => {
          if (ours.test(path)) return undefined
          const contents = await this.#change(await readFile(path, 'utf8'), path)
          return contents === undefined ? undefined : { contents, loader: 'js' }
        })
      },
    }
  }

  /** Whether a file has one of the names that stand for the globals, after the build. */
  get needed(): boolean {
    return this.#needed
  }

  /** @returns undefined for a source that can stay as it is. */
  async #change(source: string, path: string): Promise<string | undefined> {
    const before = properties.filter(([name]) => name.test(source)).map(([, set]) => set)
    if (before.length === 0 && !word.test(source)) return undefined
    // A directive must stay the first statement.
    if (/^\s*(['"])use strict\1/.test(source)) before.unshift("'use strict';")
    const changed = await transform(source, {
      define: { ...bundlers, ...renamed },
      sourcemap: 'inline',
      sourcefile: path,
      charset: 'utf8',
      banner: before.join(''),
    }).catch(() => undefined) // it fails again, with a place, when it is bundled
    if (changed?.code.includes('__ews_') !== true) return undefined
    this.#needed = true
    return changed.code
  }
}

async function hasGuestLibrary(build: PluginBuild): Promise<boolean> {
  const options = { kind: 'import-statement', resolveDir: shimFolder } as const
  const { namespace } = await build.resolve(guestGlobals, options)
  return namespace === 'file'
}
