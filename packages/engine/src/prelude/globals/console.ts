import { native } from '../native.js'
import { keepLine } from '../stage.js'

const level = { debug: 1, info: 2, warn: 3, error: 4 } as const

/** `console`: each call is one line of the host's log. */
export const console = {
  debug: (...values: unknown[]): void => print(level.debug, values),
  trace: (...values: unknown[]): void => print(level.debug, values),
  log: (...values: unknown[]): void => print(level.info, values),
  info: (...values: unknown[]): void => print(level.info, values),
  warn: (...values: unknown[]): void => print(level.warn, values),
  error: (...values: unknown[]): void => print(level.error, values),
}

function print(severity: number, values: readonly unknown[]): void {
  const text = values.map(show).join(' ')
  if (!keepLine(severity, text)) native.log(severity, text)
}

function show(value: unknown): string {
  if (typeof value === 'string') return value
  if (value instanceof Error)
    return `${value.name}: ${value.message}\n${value.stack ?? ''}`.trimEnd()
  if (typeof value === 'function') return `[Function: ${value.name}]`
  if (typeof value === 'object' && value !== null) {
    try {
      return JSON.stringify(value)
    } catch {
      return Object.prototype.toString.call(value)
    }
  }
  return String(value)
}
