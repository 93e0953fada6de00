import { inspect } from './inspect.js'

const indexTitle = '(index)'
const valuesTitle = 'Values'
/** Cells show what they hold, not what that holds. */
const cellDepth = 0

/** Rows and columns of an array, a map or an object of objects; undefined for what is no table. */
export function table(data: unknown, only?: readonly string[]): string | undefined {
  if (typeof data !== 'object' || data === null) return undefined
  try {
    return tableOf(data, only)
  } catch {
    // A revoked proxy, or a getter that throws.
    return undefined
  }
}

function tableOf(data: object, only: readonly string[] | undefined): string {
  const entries: [string, unknown][] =
    data instanceof Map
      ? [...data].map(([key, value]) => [cell(key), value])
      : Object.entries(data instanceof Set ? [...data] : data)
  const titles = new Set<string>()
  let hasValues = false
  const rows = entries.map(([index, value]) => {
    const columns = new Map<string, string>()
    if (typeof value !== 'object' || value === null) {
      hasValues = true
      columns.set(valuesTitle, cell(value))
      return { index, columns }
    }
    for (const [title, field] of Object.entries(value)) {
      if (only !== undefined && !only.includes(title)) continue
      titles.add(title)
      columns.set(title, cell(field))
    }
    return { index, columns }
  })
  const header = [...(only ?? titles), ...(hasValues ? [valuesTitle] : [])]
  return draw([
    [indexTitle, ...header],
    ...rows.map(({ index, columns }) => [
      index,
      ...header.map((title) => columns.get(title) ?? ''),
    ]),
  ])
}

function cell(value: unknown): string {
  return inspect(value, cellDepth)
}

function draw(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map(
    (_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)) + 2,
  )
  const rule = (left: string, between: string, right: string): string =>
    left + widths.map((width) => '─'.repeat(width)).join(between) + right
  const [header = '', ...body] = rows.map(
    (row) => `│${row.map((text, i) => ` ${text}`.padEnd(widths[i] ?? 0)).join('│')}│`,
  )
  return [rule('┌', '┬', '┐'), header, rule('├', '┼', '┤'), ...body, rule('└', '┴', '┘')].join('\n')
}
