import { globalScripts } from '@extism-ws/engine'

import { openLibrary } from '../library.js'
import { entryOf } from '../plugins.js'
import type { Metric, Row, Side } from '../row.js'
import { pluginNaming, Scratch } from '../scratch.js'
import { above, sizeOf, type Size } from '../size.js'

/** What a plugin weighs, and what makes it heavier. */
export const sizeRows: readonly Row[] = [
  row('size of plugins', [kilobytes('size'), kilobytes('size, gzip')], pluginSides),
  row(
    'size of each global script, above a plugin without',
    globalScripts.map(({ name }) => kilobytes(name)),
    globalSides,
  ),
  ...['yjs', 'marked', 'graphql', 'lodash-es'].map((name) =>
    row(
      `size of author code: ${name}`,
      [
        kilobytes('minified bundle'),
        kilobytes('added'),
        kilobytes('added, gzip'),
        { name: 'gzip by minified', unit: 'KB/KB', better: 'less' },
      ],
      (scratch) => librarySides(name, scratch),
    ),
  ),
]

function kilobytes(name: string): Metric {
  return { name, unit: 'KB', better: 'less' }
}

function row(
  name: string,
  metrics: readonly Metric[],
  open: (scratch: Scratch) => Promise<Side[]>,
): Row {
  return {
    name,
    metrics,
    exact: true,
    warmUps: 0,
    open: async () => {
      const scratch = await Scratch.open()
      const close = (): Promise<void> => scratch[Symbol.asyncDispose]()
      try {
        return { sides: await open(scratch), [Symbol.asyncDispose]: close }
      } catch (error) {
        await close()
        throw error
      }
    },
  }
}

async function pluginSides(scratch: Scratch): Promise<Side[]> {
  const side = (name: string, entry: string): Side => ({
    name,
    run: async () => {
      const { raw, gzip } = await sizeOf({ entry })
      return [raw, gzip]
    },
  })
  const words = globalScripts.flatMap(({ defines }) => defines)
  return [
    side('minimal', entryOf('minimal')),
    side('every API', entryOf('every-api')),
    side('every global', await scratch.write(pluginNaming(words))),
  ]
}

/** Each script with those that it needs. */
async function globalSides(scratch: Scratch): Promise<Side[]> {
  const none = await sizeOf({ entry: await scratch.write(pluginNaming(['Host'])) })
  const sizes: Size[] = []
  for (const { defines } of globalScripts) {
    const entry = await scratch.write(pluginNaming(defines.slice(0, 1)))
    sizes.push(above(await sizeOf({ entry }), none))
  }
  return [
    { name: 'raw', run: async () => sizes.map(({ raw }) => raw) },
    { name: 'gzip', run: async () => sizes.map(({ gzip }) => gzip) },
  ]
}

async function librarySides(name: string, scratch: Scratch): Promise<Side[]> {
  const { entry, without, minified } = await openLibrary(name, scratch)
  const side = (sideName: string, minify: boolean): Side => ({
    name: sideName,
    run: async () => {
      const own = await sizeOf({ entry, minify })
      const { raw, gzip } = above(own, await sizeOf({ entry: without, minify }))
      return [minified, raw, gzip, gzip / minified]
    },
  })
  return [side('as it is', false), side('--minify', true)]
}
