import { expect, test } from 'vitest'

import { Page, table } from '../../../protocol/test/generated-table.js'
import { hostings, tables, wayOf, type Row } from './rows.js'

// UPDATE_DOCS=1 npx vitest run test/compat/docs.test.ts writes the tables anew.
const page = new Page('js-pdk-compat.md')

const ways = [...new Set(hostings.map(wayOf))]

/** What it comes to in one way; once for both SDKs where that is the same. */
function cell({ fails }: Row, way: string): string {
  const all = hostings.filter((hosting) => wayOf(hosting) === way)
  const said = all.map((hosting) => fails?.[hosting]?.[1] ?? '✓')
  if (new Set(said).size === 1) return said[0] ?? ''
  return all.map((hosting, i) => `${said[i]} (${hosting.split(', ')[1]})`).join(', ')
}

test.each(Object.entries(tables))('docs/js-pdk-compat.md has the rows of %s', (name, rows) => {
  const wanted = table(
    ['API', ...ways, ''],
    rows.map((row) => [row.api, ...ways.map((way) => cell(row, way)), row.note ?? '']),
  )
  expect(page.generated(name, wanted)).toBe(wanted)
})
