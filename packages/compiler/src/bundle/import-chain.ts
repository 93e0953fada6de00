import { resolve } from 'node:path'
import type { BuildFailure, BuildOptions, ImportKind, Message, Plugin } from 'esbuild'

import { fromHere } from './place.js'
import { insteadOf } from './node-builtin.js'

/** The import that esbuild could not resolve; undefined when the message is about something else. */
export function unresolved({ text }: Message): string | undefined {
  return /^Could not resolve "(.+)"$/.exec(text)?.[1]
}

/**
 * Finds out by which way of imports a part of Node got into a bundle. A failed build has no
 * metafile, so the files are gone through once more, in that case only.
 */
export class ImportChains {
  readonly plugin: Plugin
  readonly #entry: string
  #options: BuildOptions = {}
  #build: ((options: BuildOptions) => Promise<unknown>) | undefined

  /** @param entry absolute path of the entry file. */
  constructor(entry: string) {
    this.#entry = entry
    this.plugin = {
      name: 'import-chains',
      setup: ({ initialOptions, esbuild }) => {
        this.#options = initialOptions
        this.#build = esbuild.build
      },
    }
  }

  /** The files from the entry to the one that imports, for each file that imports a part of Node. */
  async find(failure: unknown): Promise<ReadonlyMap<string, readonly string[]>> {
    const { errors } = failure as Partial<BuildFailure>
    if (!Array.isArray(errors) || !errors.some(isAboutNode)) return new Map()
    const importers = await this.#importers()
    const chains = new Map<string, readonly string[]>()
    for (const { location } of errors.filter(isAboutNode)) {
      if (location === null) continue
      const file = resolve(this.#options.absWorkingDir ?? '', location.file)
      const chain = chainTo(file, importers)
      if (chain[0] === this.#entry) chains.set(file, chain.map(fromHere))
    }
    return chains
  }

  /** For every file the file that imported it first. */
  async #importers(): Promise<Map<string, string>> {
    const importers = new Map<string, string>()
    const { plugins = [], ...options } = this.#options
    await this.#build?.({
      ...options,
      sourcemap: false,
      plugins: [follow(importers), ...plugins.filter((plugin) => plugin !== this.plugin)],
    }).catch(() => {
      // It fails as it did before.
    })
    return importers
  }
}

function isAboutNode(message: Message): boolean {
  const name = unresolved(message)
  return name !== undefined && insteadOf(name) !== undefined
}

function follow(importers: Map<string, string>): Plugin {
  const ours = Symbol('a look-up of this plugin')
  return {
    name: 'follow-imports',
    setup: (build) => {
      build.onResolve({ filter: /^/ }, async ({ path, importer, kind, pluginData, ...where }) => {
        if (pluginData === ours || importer === '') return undefined
        const found = await build.resolve(path, {
          importer,
          kind: kind as ImportKind,
          namespace: where.namespace,
          resolveDir: where.resolveDir,
          pluginData: ours,
        })
        if (found.errors.length === 0 && !importers.has(found.path)) {
          importers.set(found.path, importer)
        }
        return undefined
      })
    },
  }
}

function chainTo(file: string, importers: ReadonlyMap<string, string>): string[] {
  const chain: string[] = []
  for (let at: string | undefined = file; at !== undefined; at = importers.get(at)) {
    // Modules may import each other.
    if (chain.includes(at)) break
    chain.unshift(at)
  }
  return chain
}
