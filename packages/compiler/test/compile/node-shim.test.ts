import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { compile } from '../../src/index.js'
import { call, open } from '../plugin.js'
import { project, refusal } from '../project.js'

/** What the plugin's `run` answers that calls the package with this source. */
async function answer(
  source: string,
  files: Readonly<Record<string, string>> = {},
): Promise<unknown> {
  const folder = await project({
    'plugin.ts': "import ask from 'pkg'\nexport const run = () => ask()",
    'node_modules/pkg/index.js': source,
    ...files,
  })
  const { wasm } = await compile({ entry: join(folder, 'plugin.ts') })
  return JSON.parse(await call(await open(wasm), 'run')) as unknown
}

describe('a package has of Node', () => {
  test('events', async () => {
    const source = `
      const EventEmitter = require('node:events')
      module.exports = () => {
        const heard = []
        new EventEmitter().on('a', (...all) => heard.push(all)).emit('a', 1, 2)
        return [heard, require('events').EventEmitter === EventEmitter]
      }`
    expect(await answer(source)).toEqual([[[1, 2]], true])
  })

  test('streams, whose chunks are the Buffer of the plugin', async () => {
    const source = `
      const { Readable, Transform, pipeline } = require('stream')
      module.exports = async () => {
        const chunks = []
        const upper = new Transform({
          transform: (chunk, _, done) => done(null, String(chunk).toUpperCase()),
        })
        upper.on('data', (chunk) => chunks.push([chunk instanceof Buffer, String(chunk)]))
        await new Promise((resolve, reject) =>
          pipeline(Readable.from(['ab', 'cd']), upper, (error) => error ? reject(error) : resolve()))
        return chunks
      }`
    expect(await answer(source)).toEqual([
      [true, 'AB'],
      [true, 'CD'],
    ])
  })

  test('one Buffer, whichever version it has installed', async () => {
    const source = `
      module.exports = () => [require('buffer').Buffer, require('buffer/').Buffer].map((it) => it === Buffer)`
    const own = { 'node_modules/buffer/index.js': 'exports.Buffer = class Buffer {}' }
    expect(await answer(source, own)).toEqual([true, true])
  })

  test('string_decoder and util', async () => {
    const source = `
      const { StringDecoder } = require('string_decoder')
      const { format, inherits } = require('util')
      module.exports = () => {
        const decoder = new StringDecoder('utf8')
        return [decoder.write(Buffer.from([195])) + decoder.end(Buffer.from([188])), format('%d %s', 1, 'a'), typeof inherits]
      }`
    expect(await answer(source)).toEqual(['ü', '1 a', 'function'])
  })

  test('crypto where it is asked for with require, as the Web Crypto API', async () => {
    const source = "module.exports = () => require('crypto') === globalThis.crypto"
    expect(await answer(source)).toBe(true)
  })
})

test("a package's own version of events goes first", async () => {
  const own = { 'node_modules/events/index.js': 'module.exports = ["own"]' }
  expect(await answer("module.exports = () => require('events')", own)).toEqual(['own'])
})

test.each(['buffer', 'events', 'process', 'stream', 'string_decoder', 'util'])(
  "the author's own import of %s is refused, and told what to use instead",
  async (name) => {
    const source = `import * as it from 'node:${name}'\nexport const run = () => it`
    expect(await refusal({ 'plugin.ts': source })).toContain(`Could not resolve "node:${name}"`)
  },
)

test('a package that imports crypto as a module is told what to use instead', async () => {
  const message = await refusal({
    'plugin.ts': "import 'pkg'\nexport const run = () => 1",
    'node_modules/pkg/index.mjs': "import { createHash } from 'node:crypto'\ncreateHash('md5')",
    'node_modules/pkg/package.json': '{"main": "index.mjs"}',
  })
  expect(message).toContain('use globalThis.crypto, the Web Crypto API')
})
