import { authorFrames } from '@extism-ws/guest/loop'

import { format } from './console/format.js'
import { inspect } from './console/inspect.js'
import { table } from './console/table.js'
import { define } from './define.js'
import { native } from './engine.js'

const level = { debug: 1, info: 2, warn: 3, error: 4 } as const
const groupIndent = '  '

let indent = ''
const counts = new Map<string, number>()
const timers = new Map<string, number>()

/** Console §1: each call is one entry of the host's log. Extism has no level below debug. */
const console = {
  debug: (...values: unknown[]): void => print(level.debug, format(values)),
  log: (...values: unknown[]): void => print(level.info, format(values)),
  info: (...values: unknown[]): void => print(level.info, format(values)),
  warn: (...values: unknown[]): void => print(level.warn, format(values)),
  error: (...values: unknown[]): void => print(level.error, format(values)),
  trace(...values: unknown[]): void {
    const frames = authorFrames(new Error('trace').stack ?? '').trimEnd()
    print(
      level.debug,
      `Trace${values.length > 0 ? `: ${format(values)}` : ''}\n${frames}`.trimEnd(),
    )
  },

  assert(condition?: unknown, ...values: unknown[]): void {
    if (condition) return
    const [first, ...rest] = values
    const told = typeof first === 'string' ? [`Assertion failed: ${first}`, ...rest] : undefined
    print(level.error, format(told ?? ['Assertion failed', ...values]))
  },

  count(label: unknown = 'default'): void {
    const name = String(label)
    const count = (counts.get(name) ?? 0) + 1
    counts.set(name, count)
    print(level.info, `${name}: ${count}`)
  },
  countReset(label: unknown = 'default'): void {
    const name = String(label)
    if (!counts.delete(name)) print(level.warn, `Count for '${name}' does not exist`)
  },

  time(label: unknown = 'default'): void {
    const name = String(label)
    if (timers.has(name)) print(level.warn, `Timer '${name}' already exists`)
    else timers.set(name, native.now())
  },
  timeLog(label: unknown = 'default', ...values: unknown[]): void {
    printTime(String(label), values)
  },
  timeEnd(label: unknown = 'default'): void {
    printTime(String(label), [])
    timers.delete(String(label))
  },

  group(...values: unknown[]): void {
    if (values.length > 0) print(level.info, format(values))
    indent += groupIndent
  },
  groupCollapsed: (...values: unknown[]): void => console.group(...values),
  groupEnd(): void {
    indent = indent.slice(groupIndent.length)
  },

  table(data?: unknown, columns?: readonly string[]): void {
    print(level.info, table(data, columns) ?? format([data]))
  },
  dir(value?: unknown, options?: { depth?: number | null } | null): void {
    print(level.info, inspect(value, options?.depth === null ? Infinity : options?.depth))
  },
  dirxml: (...values: unknown[]): void => print(level.info, format(values)),
  /** There is nothing that could be cleared. */
  clear(): void {},
}

function printTime(label: string, values: readonly unknown[]): void {
  const started = timers.get(label)
  if (started === undefined) return print(level.warn, `Timer '${label}' does not exist`)
  const milliseconds = Number((native.now() - started).toFixed(3))
  const more = values.length > 0 ? ` ${format(values)}` : ''
  print(level.info, `${label}: ${milliseconds}ms${more}`)
}

function print(severity: number, text: string): void {
  native.log(severity, indent === '' ? text : indent + text.replaceAll('\n', `\n${indent}`))
}

define({ console })
