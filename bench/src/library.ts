import { globalScripts } from '@extism-ws/engine'
import { build } from 'esbuild'

import { pluginNaming, type Scratch } from './scratch.js'

/** An npm package as an author's code. */
export interface Library {
  /** A plugin that has all of it. */
  readonly entry: string
  /** A plugin that has none of it, but the same globals. */
  readonly without: string
  /** KB (1000 bytes) of the minified bundle, as any bundler makes it for a browser. */
  readonly minified: number
}

export async function openLibrary(name: string, scratch: Scratch): Promise<Library> {
  const entry = await scratch.write(
    `import * as all from '${name}'\nexport const f = () => Object.keys(all).length\n`,
  )
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2023',
    legalComments: 'none',
    define: { 'process.env.NODE_ENV': '"production"' },
  })
  const code = outputFiles[0]?.text ?? ''
  return {
    entry,
    without: await scratch.write(pluginNaming(globalsOf(code))),
    minified: Buffer.byteLength(code) / 1000,
  }
}

/** One word for each script of globals that a bundle can reach: it has one of the script's names. */
function globalsOf(code: string): string[] {
  const words = new Set(code.match(/[\w$]+/g) ?? [])
  return globalScripts.flatMap(({ defines }) => defines.find((word) => words.has(word)) ?? [])
}
