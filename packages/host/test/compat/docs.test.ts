import { expect, test } from 'vitest'

import { Page, table } from '../../../protocol/test/generated-table.js'
import { hostings, tables, type Hosting, type Row } from './rows.js'

// UPDATE_DOCS=1 npx vitest run test/compat/docs.test.ts writes the tables anew.
const page = new Page('js-pdk-compat.md')

function cell({ fails }: Row, hosting: Hosting): string {
  return fails?.[hosting]?.[1] ?? '✓'
}

test.each(Object.entries(tables))('docs/js-pdk-compat.md has the rows of %s', (name, rows) => {
  const wanted = table(
    ['API', ...hostings, ''],
    rows.map((row) => [row.api, ...hostings.map((hosting) => cell(row, hosting)), row.note ?? '']),
  )
  expect(page.generated(name, wanted)).toBe(wanted)
})
