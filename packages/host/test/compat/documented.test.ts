import { fileURLToPath } from 'node:url'
import { compile } from '@extism-ws/compiler'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { host, type HostedPlugin } from './hosting.js'
import { hostings, isHere } from './rows.js'

const path = (name: string): string => fileURLToPath(new URL(`plugins/${name}`, import.meta.url))

describe.each(hostings.filter(isHere))(
  'a plugin as js-pdk documents them, hosted by %s,',
  (hosting) => {
    let plugin: HostedPlugin

    beforeAll(async () => {
      const { wasm } = await compile({
        entry: path('documented.js'),
        interface: path('documented-interface.d.ts'),
      })
      plugin = await host(hosting, wasm, 'http://127.0.0.1')
    })

    afterAll(() => plugin.close())

    test.each([
      ['hello', 'you', 'Hello, you!'],
      ['add', '{"a":20,"b":22}', '{"sum":42}'],
      ['who', '', 'I am you'],
      ['loud', 'héllo', 'HÉLLO'],
      ['vowels', 'typescript', 'ei'],
    ])('answers %s(%j) unchanged', async (name, input, output) => {
      expect(await plugin.call(name, input)).toBe(output)
    })

    test('keeps its variables from call to call, as far as the SDK does', async () => {
      // Its worker forgets them, whoever made the plugin.
      const forgets = hosting === 'plain in a worker, SDK 1.0.3'
      const counts = [await plugin.call('visits', ''), await plugin.call('visits', '')]
      expect(counts).toEqual(['1', forgets ? '1' : '2'])
    })

    test('tells what it threw, and goes on', async () => {
      await expect(plugin.call('hello', 'Nobody')).rejects.toThrow('there is nobody to greet')
      expect(await plugin.call('hello', 'again')).toBe('Hello, again!')
    })
  },
)
