import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createPlugin } from '@extism-ws/host'
import { describe, expect, it } from 'vitest'

import { ExampleServer, priceOf } from '../../src/server.js'
import { kept } from '../clients/client.js'
import { isMissing, temporaryFolder } from '../clients/servers/program.js'
import { inPackage } from '../program.js'
import { c, compileC } from './languages.js'
import { guestSuite } from './suite.js'

const missing = ['clang', 'wasm-ld'].some(isMissing)

describe.skipIf(missing)('a plugin in C', () => guestSuite(c))

it.skipIf(missing)('the plugin of the page on other languages is complete', async () => {
  const page = await readFile(new URL('../../../docs/other-languages.md', import.meta.url), 'utf8')
  const source = /^```c first\n([\s\S]*?)^```$/m.exec(page)?.[1] ?? ''
  const { path } = kept(await temporaryFolder())
  await writeFile(join(path, 'first.c'), source)
  await compileC(join(path, 'first.c'), join(path, 'first.wasm'))
  const server = kept(await ExampleServer.start())
  const sockets = { allow: [server.origin] }
  const plugin = kept(await createPlugin(join(path, 'first.wasm'), { mode: 'worker', sockets }))
  const output = await plugin.call('first', `${server.origin}/ticker`)
  expect(output?.json()).toEqual({ number: 1, price: priceOf(1) })
  expect(plugin.open.sockets).toBe(0)
})

it('the header for C names every error that a host function can return, with its number', async () => {
  const page = await readFile(new URL('../../../docs/errors.md', import.meta.url), 'utf8')
  const documented = [...page.matchAll(/^\| `(EWS_\w+)` \| (-\d+) \|/gm)]
  const header = await readFile(inPackage('guests/c/extism_ws.h'), 'utf8')
  const stated = [...header.matchAll(/^ {2}(EWS_\w+) = (-\d+),$/gm)]
  const pairs = (matches: RegExpExecArray[]) => matches.map(([, code, number]) => [code, number])
  expect(pairs(stated)).toEqual(pairs(documented))
})
