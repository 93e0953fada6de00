import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkExports } from '../../src/interface/check.js'
import { parseInterface } from '../../src/interface/read.js'

const entry = join(process.cwd(), 'src/plugin.ts')
const { exports } = parseInterface(
  join(process.cwd(), 'plugin.d.ts'),
  'declare module "main" { export function a(): I32; export function b(): I32 }',
)

test('what is declared and exported agrees', () => {
  expect(checkExports(exports, ['b', 'a'], entry)).toEqual([])
})

test('a declared function that is not exported is an error at its declaration', () => {
  expect(() => checkExports(exports, ['c', 'a'], entry)).toThrow(
    expect.objectContaining({
      code: 'EWS_BUILD',
      message: expect.stringMatching(
        /^plugin\.d\.ts:1:67: "b" is declared here, but src\/plugin\.ts does not export it: it exports a, c\n\n/,
      ),
    }),
  )
})

test('an entry that exports nothing is said to', () => {
  expect(() => checkExports(exports, [], entry)).toThrow('it exports no function')
})

test('what is exported beyond that is a warning that names it', () => {
  expect(checkExports(exports, ['a', 'b', 'd', 'c'], entry)).toEqual([
    'src/plugin.ts: exports c, d, not in the interface file, so no host can call them: ' +
      'declare them in module "main", or do not export',
  ])
})
