import { inspect } from './inspect.js'

/** Console §2.2: the arguments of a call as one text, `%s` and its like replaced. */
export function format(values: readonly unknown[]): string {
  const [first, ...rest] = values
  if (typeof first !== 'string') return values.map(show).join(' ')
  if (rest.length === 0) return first
  let next = 0
  const text = first.replace(/%[sdifjoOc%]/g, (specifier) => {
    if (specifier === '%%') return '%'
    if (next === rest.length) return specifier
    return substitute(specifier, rest[next++])
  })
  return [text, ...rest.slice(next).map(show)].join(' ')
}

function show(value: unknown): string {
  return typeof value === 'string' ? value : inspect(value)
}

function substitute(specifier: string, value: unknown): string {
  switch (specifier) {
    case '%c':
      return ''
    case '%d':
      return show(numberOf(value, Number))
    case '%i':
      return show(numberOf(value, (of) => Number.parseInt(String(of), 10)))
    case '%f':
      return show(numberOf(value, (of) => Number.parseFloat(String(of))))
    case '%j':
      return jsonOf(value)
    default:
      return show(value)
  }
}

function numberOf(value: unknown, convert: (value: unknown) => number): number | bigint {
  if (typeof value === 'bigint') return value
  return typeof value === 'symbol' || typeof value === 'object' ? NaN : convert(value)
}

function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'undefined'
  } catch {
    return show(value)
  }
}
