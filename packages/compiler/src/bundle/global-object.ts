import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import type { Loader, Plugin } from 'esbuild'

import { guestClasses, isInPackage, setGlobal } from './package-global.js'

const object = '(?<![\\w$.])(?:globalThis|self|global)'

/** How code asks the global object for each of the classes. */
const asked = guestClasses.map((name) => ({
  name,
  pattern: new RegExp(
    [
      `${object}\\s*(?:\\?\\.|\\.|(?:\\?\\.)?\\[\\s*['"])\\s*${name}(?![\\w$])`,
      `['"]${name}['"]\\s+in\\s+${object}(?![\\w$.])`,
      `\\b${name}\\b[^{}=]*\\}\\s*=\\s*${object}(?![\\w$.])`,
    ].join('|'),
  ),
}))

/**
 * Gives the author's own files the guest library's classes as properties of the global object. Those that
 * a bundle uses by their free names are there anyway; this is for files that do not.
 */
export class GlobalObject {
  readonly plugin: Plugin = {
    name: 'global-object',
    setup: (build) => {
      build.onLoad({ filter: /\.[cm]?[jt]sx?$/, namespace: 'file' }, async ({ path }) => {
        if (isInPackage(path)) return undefined
        const source = await readFile(path, 'utf8').catch(() => '') // esbuild says it better
        const names = asked.filter(({ pattern }) => pattern.test(source))
        if (names.length === 0) return undefined
        this.#needed = true
        // Behind the source, so that its positions stay: what is imported is evaluated before it.
        const setting = names.map(({ name }) => `;${setGlobal(name)}`)
        return { contents: `${source}\n${setting.join('')}`, loader: loaderOf(path) }
      })
    },
  }
  #needed = false

  /** Whether a file asks for one, after the build. */
  get needed(): boolean {
    return this.#needed
  }
}

function loaderOf(path: string): Loader {
  return extname(path).replace(/^\.[cm]?/, '') as Loader
}
