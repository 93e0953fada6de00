import { expect, test } from 'vitest'
import { sizeTable } from '../../src/cli/size-table.js'

test('files stand below their package, largest first, and the total at the end', () => {
  const table = sizeTable([
    { file: 'src/plugin.ts', package: undefined, bytes: 300 },
    { file: 'node_modules/b/b.js', package: 'b', bytes: 100 },
    { file: 'node_modules/a/2.js', package: 'a', bytes: 1000 },
    { file: 'node_modules/a/1.js', package: 'a', bytes: 600 },
  ])
  expect(table.split('\n')).toEqual([
    'bytes      %  module',
    ' 1600   80.0  a',
    ' 1000   50.0    node_modules/a/2.js',
    '  600   30.0    node_modules/a/1.js',
    '  300   15.0  your own files',
    '  300   15.0    src/plugin.ts',
    '  100    5.0  b',
    '  100    5.0    node_modules/b/b.js',
    ' 2000  100.0  the whole bundle',
  ])
})

test('an empty bundle has a total', () => {
  expect(sizeTable([])).toBe('bytes      %  module\n    0    0.0  the whole bundle')
})
