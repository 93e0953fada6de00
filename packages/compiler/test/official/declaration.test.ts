import { readFile, writeFile } from 'node:fs/promises'
import { portableFunctions } from '@extism-ws/protocol'
import { expect, test } from 'vitest'
import { isDeclarable, socketDeclarations } from '../../src/official/declaration.js'

const shipped = new URL('../../../guest/types/extism-host.d.ts', import.meta.url)

// UPDATE_DOCS=1 npx vitest run test/official/declaration.test.ts writes the file anew.
test('the declaration file that the guest library ships is made from the table of protocol', async () => {
  if (process.env['UPDATE_DOCS'] === '1') await writeFile(shipped, socketDeclarations())
  expect(await readFile(shipped, 'utf8')).toBe(socketDeclarations())
})

test('it declares every portable host function', () => {
  const text = socketDeclarations()
  for (const name of Object.keys(portableFunctions)) expect(text).toContain(`\n    ${name}(`)
  expect(text).toContain('\n    ws_close(socket: I32, code: I32, reason: I64): I32\n')
})

test.each([
  ['run', true],
  ['$a_1', true],
  ['ünï', true],
  ['default', false],
  ['says hello', false],
  ['1a', false],
  ['', false],
])('%j can be declared: %s', (name, can) => {
  expect(isDeclarable(name)).toBe(can)
})
