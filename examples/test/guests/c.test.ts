import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'

import { isMissing } from '../clients/servers/program.js'
import { inPackage } from '../program.js'
import { c } from './languages.js'
import { guestSuite } from './suite.js'

const missing = ['clang', 'wasm-ld'].some(isMissing)

describe.skipIf(missing)('a plugin in C', () => guestSuite(c))

it('the header for C names every error that a host function can return, with its number', async () => {
  const page = await readFile(new URL('../../../docs/errors.md', import.meta.url), 'utf8')
  const documented = [...page.matchAll(/^\| `(EWS_\w+)` \| (-\d+) \|/gm)]
  const header = await readFile(inPackage('guests/c/extism_ws.h'), 'utf8')
  const stated = [...header.matchAll(/^ {2}(EWS_\w+) = (-\d+),$/gm)]
  const pairs = (matches: RegExpExecArray[]) => matches.map(([, code, number]) => [code, number])
  expect(pairs(stated)).toEqual(pairs(documented))
})
