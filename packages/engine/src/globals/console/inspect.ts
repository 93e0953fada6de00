import { dataKey, stateKey } from '@extism-ws/guest/events'

import { inspectBytes, inspectError, inspectFunction, isTypedArray } from './inspect-kind.js'
import { inspectPrimitive } from './inspect-primitive.js'

/** Objects within objects beyond this are named, not shown. */
const defaultDepth = 4
const mostItems = 100
/** Of longer arrays, properties besides their items are not looked for. */
const mostIndexed = 10_000

/** What one inspection has seen: circular structures are shown as references. */
interface Inspection {
  readonly depth: number
  readonly open: object[]
  /** Objects that are referred to from inside of them, in the order in which that was found. */
  readonly circular: object[]
}

/** A value as text on one line, in the notation of Node's `util.inspect`. Never throws. */
export function inspect(value: unknown, depth = defaultDepth): string {
  try {
    return show(value, { depth, open: [], circular: [] })
  } catch {
    // A revoked proxy, or a trap that throws.
    return '[object that cannot be shown]'
  }
}

function show(value: unknown, inspection: Inspection): string {
  if (!isObject(value)) return inspectPrimitive(value)
  const { circular, depth, open } = inspection
  if (open.includes(value)) {
    if (!circular.includes(value)) circular.push(value)
    return `[Circular *${circular.indexOf(value) + 1}]`
  }
  if (open.length > depth && mayHaveParts(value)) return `[${className(value) ?? 'Object'}]`
  open.push(value)
  const text = showObject(value, inspection)
  open.pop()
  const reference = circular.indexOf(value)
  return reference < 0 ? text : `<ref *${reference + 1}> ${text}`
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}

/** Whether an object is worth less than its parts: it is abbreviated where it is too deep. */
function mayHaveParts(value: object): boolean {
  return (
    typeof value !== 'function' &&
    !(value instanceof Date || value instanceof RegExp || value instanceof Error)
  )
}

function className(value: object): string | undefined {
  for (let at: unknown = value; isObject(at); at = Object.getPrototypeOf(at)) {
    const found = Object.getOwnPropertyDescriptor(at, 'constructor')?.value as unknown
    if (typeof found === 'function' && found.name !== '') return found.name
  }
  return undefined
}

function showObject(value: object, inspection: Inspection): string {
  const name = className(value)
  const parts = properties(value, inspection)
  if (Array.isArray(value)) {
    return list(name === 'Array' ? '' : `${name}(${value.length}) `, [
      ...items(value, inspection),
      ...parts,
    ])
  }
  if (isTypedArray(value)) {
    return list(`${name}(${value.length}) `, [...items(value, inspection), ...parts])
  }
  if (value instanceof Map) {
    const entries = limited([...value], ([key, item]) => {
      return `${show(key, inspection)} => ${show(item, inspection)}`
    })
    return record(`${name}(${value.size}) `, [...entries, ...parts])
  }
  if (value instanceof Set) {
    const entries = limited([...value], (item) => show(item, inspection))
    return record(`${name}(${value.size}) `, [...entries, ...parts])
  }
  const whole = showWhole(value) ?? (parts.length === 0 ? showHidden(value, inspection) : undefined)
  if (whole !== undefined) return parts.length === 0 ? whole : record(`${whole} `, parts)
  if (value instanceof ArrayBuffer) parts.unshift(...inspectBytes(value))
  if (value instanceof WeakMap || value instanceof WeakSet) parts.unshift('<items unknown>')
  const tagged = inspectTag(value, name)
  const prefix =
    name === undefined ? '[Object: null prototype] ' : name === 'Object' ? '' : `${name} `
  return record(prefix === '' && tagged !== '' ? `Object ${tagged}` : prefix + tagged, parts)
}

/** What an object's class calls it, if that is not the name of the class. */
function inspectTag(value: object, name: string | undefined): string {
  if (Object.hasOwn(value, Symbol.toStringTag)) return ''
  const tag = (value as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag]
  return typeof tag === 'string' && tag !== '' && tag !== name ? `[${tag}] ` : ''
}

/** What is shown as one thing, before any properties of its own. */
function showWhole(value: object): string | undefined {
  if (value instanceof Error) return inspectError(value)
  if (typeof value === 'function') return inspectFunction(value)
  if (value instanceof RegExp) return String(value)
  if (value instanceof Date) {
    return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString()
  }
  for (const Box of [Number, String, Boolean, BigInt, Symbol]) {
    if (isBoxed(value, Box)) return `[${Box.name}: ${inspectPrimitive(value.valueOf())}]`
  }
  return undefined
}

/** What keeps its parts to itself and says how it is written: a URL, headers, parameters. */
function showHidden(value: object, inspection: Inspection): string | undefined {
  const name = className(value)
  if (name === undefined || name === 'Object') return undefined
  if ('toJSON' in value && typeof value.toJSON === 'function') {
    return `${name} ${show(value.toJSON(), inspection)}`
  }
  if (!('entries' in value) || typeof value.entries !== 'function') return undefined
  const entries = Array.from(value.entries() as Iterable<[unknown, unknown]>)
  return record(
    `${name} `,
    limited(entries, (entry) => entry.map((part) => show(part, inspection)).join(' => ')),
  )
}

function isBoxed(value: object, Box: { readonly prototype: object }): boolean {
  return Object.prototype.isPrototypeOf.call(Box.prototype, value)
}

function items(value: ArrayLike<unknown>, inspection: Inspection): string[] {
  const shown: string[] = []
  let at = 0
  while (at < value.length && shown.length < mostItems) {
    if (at in value) {
      shown.push(show(value[at++], inspection))
    } else {
      const empty = nextItem(value, at) - at
      shown.push(`<${empty} empty item${empty > 1 ? 's' : ''}>`)
      at += empty
    }
  }
  return withRest(shown, value.length - at)
}

/** By its keys: a sparse array may have millions of places and few items. */
function nextItem(value: ArrayLike<unknown>, from: number): number {
  const next = Object.keys(value).find((key) => /^\d+$/.test(key) && Number(key) > from)
  return next === undefined ? value.length : Number(next)
}

function limited<T>(values: readonly T[], each: (value: T) => string): string[] {
  return withRest(values.slice(0, mostItems).map(each), values.length - mostItems)
}

function withRest(shown: string[], more: number): string[] {
  if (more > 0) shown.push(`... ${more} more item${more > 1 ? 's' : ''}`)
  return shown
}

/** Own properties, but for the items of an array and for what every error or string has. */
function properties(value: object, inspection: Inspection): string[] {
  const indexed = Array.isArray(value) || isTypedArray(value) || isBoxed(value, String)
  // Their keys alone would take longer than everything that is shown.
  if (indexed && (value as ArrayLike<unknown>).length > mostIndexed && 0 in value) return []
  return Reflect.ownKeys(value).flatMap((key) => {
    const property = Object.getOwnPropertyDescriptor(value, key)
    const isCause = value instanceof Error && (key === 'cause' || key === 'errors')
    if (property === undefined || (!property.enumerable && !isCause)) return []
    if (key === stateKey || key === dataKey) return []
    if (indexed && typeof key === 'string' && /^\d+$/.test(key)) return []
    return [`${showKey(key, isCause)}: ${showProperty(property, inspection)}`]
  })
}

function showProperty(property: PropertyDescriptor, inspection: Inspection): string {
  if (property.get !== undefined) return property.set === undefined ? '[Getter]' : '[Getter/Setter]'
  return property.set === undefined ? show(property.value, inspection) : '[Setter]'
}

function showKey(key: string | symbol, hidden: boolean): string {
  if (typeof key === 'symbol') return `[${String(key)}]`
  if (hidden) return `[${key}]`
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : inspectPrimitive(key)
}

function list(prefix: string, parts: readonly string[]): string {
  return parts.length === 0 ? `${prefix}[]` : `${prefix}[ ${parts.join(', ')} ]`
}

function record(prefix: string, parts: readonly string[]): string {
  return parts.length === 0 ? `${prefix}{}` : `${prefix}{ ${parts.join(', ')} }`
}
