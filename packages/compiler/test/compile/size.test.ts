import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { compile } from '../../src/index.js'
import { project } from '../project.js'

/** A plugin's size as it travels, in bytes, and that of the author's code without spaces and names. */
async function sizes(
  source: string,
  packages: readonly string[] = [],
): Promise<{ gzip: number; minified: number }> {
  const folder = await project({ 'plugin.js': source }, packages)
  const entry = join(folder, 'plugin.js')
  const [plain, small] = [await compile({ entry }), await compile({ entry, minify: true })]
  const minified = small.modules.reduce((sum, { bytes }) => sum + bytes, 0)
  return { gzip: gzipSync(plain.wasm).length, minified }
}

const tables =
  'Host Config Var Http Memory MemoryHandle fetch Headers Request Response URL URLSearchParams ' +
  'URLPattern TextEncoder TextDecoder console atob btoa structuredClone crypto crypto.subtle ' +
  'performance DOMException Event EventTarget queueMicrotask self global Buffer Date'

// Gzipped; the sizes depend on nothing but the sources, so that they can be asserted.
describe('a plugin', () => {
  test('that does little has less than 350 KB', async () => {
    const { gzip } = await sizes("export const run = () => 'hi'")
    expect(gzip).toBeLessThan(350_000)
  })

  test("that uses every API of js-pdk's tables has less than 750 KB", async () => {
    const apis = tables.split(' ')
    expect(apis.length).toBeGreaterThan(25)
    const { gzip } = await sizes(`export const run = () => [${apis.join(', ')}].length`)
    expect(gzip).toBeLessThan(750_000)
  })

  test.each([
    // The globals that each can reach, in a plugin that has only them.
    ['marked', 'console'],
    ['yaml', 'console'],
  ])('grows by less than 2 KB for each KB of minified code (%s)', async (name, globals) => {
    const own = await sizes(`export const run = () => [${globals}].length`)
    const used = await sizes(
      `import * as all from '${name}'\nexport const run = () => Object.keys(all)`,
      [name],
    )
    expect(used.minified).toBeGreaterThan(30_000)
    expect((used.gzip - own.gzip) / (used.minified - own.minified)).toBeLessThan(2)
  })
})

/** The size of a plugin that receives from a socket. */
function receiving(imports: string, options: string): Promise<{ gzip: number; minified: number }> {
  return sizes(
    `import { connect } from '@extism-ws/guest'
${imports}
export const run = async () => (await connect('ws://feed.example', ${options})).receive()`,
  )
}

describe('a codec', () => {
  test.each([
    // 4.7 KB, and 1.6 more where one of QuickJS's tables doubles for it.
    ['json', 'json()', 7_000],
    ['raw', 'raw', 7_000],
    ['msgpack', 'msgpack()', 50_000],
    ['protobuf', 'protobuf({})', 90_000],
  ])('adds no more than it must (%s)', async (name, codec, most) => {
    const without = await receiving('', '{}')
    const imports = `import { ${name} } from '@extism-ws/guest/codec/${name}'`
    const used = await receiving(imports, `{ codec: ${codec} }`)
    expect(used.gzip - without.gzip).toBeGreaterThan(0)
    expect(used.gzip - without.gzip).toBeLessThan(most)
  })

  const guest = "from '@extism-ws/guest'"
  const raw = "import { raw } from '@extism-ws/guest/codec/raw'"

  test.each([
    ['connect', `import { connect } ${guest}`, "connect('')"],
    ['sync', `import { sync } ${guest}`, "sync.connect('')"],
  ])('is nothing that a plugin without one contains (%s)', async (_name, imports, expression) => {
    expect(await ofCodecs(imports, expression)).toEqual([])
  })

  test('brings what waits into a plugin that waits, and into no other', async () => {
    const awaits = await ofCodecs(
      `import { connect } ${guest}; ${raw}`,
      'connect("", { codec: raw })',
    )
    expect(awaits).toContain('typed-socket')
    expect(awaits).not.toContain('typed-sync-socket')
    const waits = await ofCodecs(
      `import { sync } ${guest}; ${raw}`,
      'sync.connect("", { codec: raw })',
    )
    expect(waits).toContain('typed-sync-socket')
    expect(waits).not.toContain('no-sync')
  })
})

/** Files of the guest library's codecs that a plugin contains. */
async function ofCodecs(imports: string, expression: string): Promise<string[]> {
  const folder = await project({
    'plugin.js': `${imports}\nexport const run = () => ${expression}`,
  })
  const { modules } = await compile({ entry: join(folder, 'plugin.js') })
  return modules.flatMap(({ file }) => /codec\/(.+)\.js$/.exec(file)?.[1] ?? [])
}
