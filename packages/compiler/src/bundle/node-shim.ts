import type { OnResolveResult, Plugin } from 'esbuild'

import { isInPackage, shimFolder } from './package-global.js'

const virtual = 'extism-ws:node'

/** Parts of Node that a plugin has by itself, as CommonJS. */
const own: Readonly<Record<string, string>> = {
  buffer: 'module.exports = { Buffer, kMaxLength: 0x7fffffff, INSPECT_MAX_BYTES: 50 }',
  crypto: 'module.exports = globalThis.crypto',
  process: 'module.exports = require("./process").process',
}

/** Parts of Node that a package for browsers implements. */
const packages: Readonly<Record<string, string>> = {
  events: 'events',
  stream: 'readable-stream',
  string_decoder: 'string_decoder',
  util: 'util',
}

/**
 * The parts of Node that packages for browsers leave to the bundler. A package's own version goes
 * first, but there is one `Buffer` and one `process` in a plugin. The author's files get none of it:
 * they are told what to use instead.
 */
export const nodeShims: Plugin = {
  name: 'node-shims',
  setup: (build) => {
    const names = [...Object.keys(own), ...Object.keys(packages)].join('|')
    // "buffer/" is how packages ask for the one from npm.
    const filter = new RegExp(`^(?:node:)?(?:${names})/?$`)
    const looking = Symbol('a look-up of this plugin')

    build.onResolve({ filter }, async ({ path, importer, kind, resolveDir, pluginData }) => {
      if (pluginData === looking || !isInPackage(importer)) return undefined
      const name = path.replace(/^node:|\/$/g, '')
      if (name === 'buffer' || name === 'process') return shim(name)
      // Libraries look for Node's crypto where they did not find the standard one.
      if (name === 'crypto' && kind !== 'require-call') return undefined
      const found = await build.resolve(path, { importer, kind, resolveDir, pluginData: looking })
      if (found.errors.length === 0) return undefined
      const implementation = packages[name]
      if (implementation === undefined) return shim(name)
      const options = { kind, resolveDir: shimFolder, pluginData: looking }
      const { path: file, sideEffects } = await build.resolve(implementation, options)
      return { path: file, sideEffects }
    })
    build.onLoad({ filter: /^/, namespace: virtual }, ({ path }) => {
      const contents = own[path]
      return contents === undefined ? undefined : { contents, resolveDir: shimFolder }
    })
  },
}

function shim(name: string): OnResolveResult {
  return { path: name, namespace: virtual, sideEffects: false }
}
