import { readFile } from 'node:fs/promises'
import { createPlugin as createCandidate } from 'extism-rc'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'

import { createPlugin, withSockets, type Plugin } from '../src/index.js'
import { mappedLogger } from '../src/mapped-logger.js'
import { buildFile } from './build.js'
import { sdks, type SdkVersion } from './sdk.js'

/** Where `throw` stands in test/plugins/uncaught.ts. */
const place = /\bplugins\/uncaught\.ts:3:/

const lines: string[] = []
const log = (line: string): number => lines.push(line)
const logger = { debug: log, info: log, warn: log, error: log }

describe.each(Object.keys(sdks) as SdkVersion[])(
  'what a plugin does not catch, on SDK %s',
  (version) => {
    let file: string
    let plugin: Plugin | undefined

    beforeAll(async () => {
      file = await buildFile('uncaught')
    })
    afterEach(async () => {
      lines.length = 0
      await plugin?.close()
    })

    it.each(['timer', 'rejection'])(
      "is logged with the place in the author's file: a %s",
      async (name) => {
        plugin = await createPlugin(file, { extism: sdks[version], logger })
        expect((await plugin.call(name))?.text()).toBe('went on')
        expect(lines).toHaveLength(1)
        const [first, second] = lines[0]?.split('\n') ?? []
        expect(first).toBe(`Uncaught RangeError: ${name} on purpose`)
        expect(second).toMatch(/^ +at explode \(/)
        expect(second).toMatch(place)
        expect(lines[0]).not.toContain('plugin.js')
        expect(lines[0]).not.toContain('extism-ws:prelude')
      },
    )

    it('is logged with the place in the bundle without a map, and once with a hint', async () => {
      const data = await readFile(file)
      plugin = await createPlugin(data, { extism: sdks[version], logger })
      await plugin.call('timer')
      await plugin.call('rejection')
      expect(lines).toHaveLength(2)
      expect(lines[0]).toMatch(/at explode \(.*plugin\.js:\d+:\d+\)/)
      expect(lines[0]).toContain('put the .wasm.map file beside the plugin')
      expect(lines[1]).toMatch(/at explode \(.*plugin\.js:\d+:\d+\)/)
      expect(lines[1]).not.toContain('.wasm.map')
    })

    it('is told apart from lines without positions, which stay as they are', async () => {
      plugin = await createPlugin(file, { extism: sdks[version], logger })
      await plugin.call('lines')
      expect(lines[0]).toBe('no position here\n\nbut an empty line')
      expect(lines[1]).toMatch(/\bplugins\/uncaught\.ts:20:/)
    })
  },
)

it('lines are mapped as well where Extism is called by hand', async () => {
  lines.length = 0
  const file = await buildFile('uncaught')
  const support = withSockets({ logger, sourceMap: `${file}.map` })
  const raw = await createCandidate(
    { wasm: [{ data: await readFile(file) }] },
    {
      useWasi: true,
      functions: support.functions,
      logger: support.logger,
      logLevel: 'trace',
    },
  )
  const plugin = await support.attach(raw)
  await plugin.call('timer')
  expect(lines[0]).toMatch(place)
  await plugin.close()
})

it('a map that says nothing about a position leaves it as it is', () => {
  const seen: string[] = []
  const into = (line: string): number => seen.push(line)
  const mapped = mappedLogger({ debug: into, info: into, warn: into, error: into }, () => () => {
    return undefined
  })
  mapped.error('at f (plugin.js:1:2)')
  mapped.debug('plugin.js')
  expect(seen).toEqual(['at f (plugin.js:1:2)', 'plugin.js'])
})
