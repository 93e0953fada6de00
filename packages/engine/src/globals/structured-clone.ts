import { define } from './define.js'

type View =
  | DataView
  | (Exclude<ArrayBufferView, DataView> & {
      readonly length: number
      readonly [Symbol.toStringTag]: string
    })
type ViewClass = new (buffer: ArrayBufferLike, offset: number, length: number) => View

/** The only names by which an error's class is told; any other makes an `Error`. */
const errorNames = [
  'EvalError',
  'RangeError',
  'ReferenceError',
  'SyntaxError',
  'TypeError',
  'URIError',
]
const boxes = [Number, String, Boolean, BigInt]
const unclonable = [Promise, WeakMap, WeakSet, WeakRef, FinalizationRegistry, Symbol]

/** HTML §2.7.10: a deep copy that keeps cycles and shared parts. */
function structuredClone(
  value: unknown,
  options?: { transfer?: Iterable<unknown> } | null,
): unknown {
  const moved = new Map<ArrayBuffer, ArrayBuffer>()
  for (const buffer of options?.transfer ?? []) {
    if (!(buffer instanceof ArrayBuffer)) throw cannotClone(buffer, 'transferred')
    if (buffer.detached || moved.has(buffer)) throw cannotClone(buffer, 'transferred')
    moved.set(buffer, new ArrayBuffer(buffer.byteLength))
  }
  const copy = clone(value, new Map<object, object>(moved))
  // Not before: a value that cannot be cloned leaves every buffer where it was.
  for (const [from, to] of moved) {
    new Uint8Array(to).set(new Uint8Array(from))
    from.transfer(0)
  }
  return copy
}

function clone(value: unknown, copies: Map<object, object>): unknown {
  if (typeof value === 'symbol' || typeof value === 'function') throw cannotClone(value)
  if (typeof value !== 'object' || value === null) return value
  const known = copies.get(value)
  if (known !== undefined) return known
  const whole = cloneWhole(value, copies)
  const copy = whole ?? emptyLike(value)
  // Before its parts, which may lead back to it.
  copies.set(value, copy)
  if (whole === undefined) fill(value, copy, copies)
  return copy
}

/** A copy of what has no parts that could lead back to it. */
function cloneWhole(value: object, copies: Map<object, object>): object | undefined {
  if (value instanceof Date) return new Date(value.getTime())
  if (value instanceof RegExp) return new RegExp(value.source, value.flags)
  if (boxes.some((Box) => value instanceof Box)) return Object(value.valueOf()) as object
  if (value instanceof ArrayBuffer) {
    if (value.detached) throw cannotClone(value)
    return value.slice(0)
  }
  if (typeof SharedArrayBuffer === 'function' && value instanceof SharedArrayBuffer) return value
  if (ArrayBuffer.isView(value)) return cloneView(value as View, copies)
  if (value instanceof DOMException) return new DOMException(value.message, value.name)
  const { Blob } = globalThis as { Blob?: new () => { slice(): object; name?: string } }
  // Its bytes never change.
  if (Blob !== undefined && value instanceof Blob) return value
  if (unclonable.some((Class) => value instanceof Class)) throw cannotClone(value)
  return undefined
}

function cloneView(view: View, copies: Map<object, object>): View {
  const buffer = clone(view.buffer, copies) as ArrayBuffer
  const name = view instanceof DataView ? 'DataView' : view[Symbol.toStringTag]
  const length = view instanceof DataView ? view.byteLength : view.length
  const Class = (globalThis as unknown as Record<string, ViewClass | undefined>)[name]
  if (Class === undefined) throw cannotClone(view)
  return new Class(buffer, view.byteOffset, length)
}

function emptyLike(value: object): object {
  if (value instanceof Map) return new Map()
  if (value instanceof Set) return new Set()
  if (value instanceof Error) return emptyError(value)
  return Array.isArray(value) ? Object.assign([], { length: value.length }) : {}
}

function emptyError(error: Error): Error {
  const name = errorNames.find((known) => known === error.name) ?? 'Error'
  const { [name]: Class = Error } = globalThis as unknown as Record<string, ErrorConstructor>
  const copy = Object.create(Class.prototype as object) as Error
  for (const [key, text] of Object.entries({ message: error.message, stack: error.stack })) {
    if (!Object.hasOwn(error, key) || text === undefined) continue
    Object.defineProperty(copy, key, { value: String(text), writable: true, configurable: true })
  }
  return copy
}

function fill(value: object, copy: object, copies: Map<object, object>): void {
  if (copy instanceof Map) {
    for (const [key, item] of [...(value as Map<unknown, unknown>)]) {
      copy.set(clone(key, copies), clone(item, copies))
    }
  } else if (copy instanceof Set) {
    for (const item of [...(value as Set<unknown>)]) copy.add(clone(item, copies))
  } else if (copy instanceof Error) {
    if (!Object.hasOwn(value, 'cause')) return
    const cause = clone((value as Error).cause, copies)
    Object.defineProperty(copy, 'cause', { value: cause, writable: true, configurable: true })
  } else {
    for (const key of Object.keys(value)) {
      const item = clone((value as Record<string, unknown>)[key], copies)
      // Defined, not assigned: `__proto__` is a key like any other.
      Object.defineProperty(copy, key, {
        value: item,
        writable: true,
        enumerable: true,
        configurable: true,
      })
    }
  }
}

function cannotClone(value: unknown, what = 'cloned'): DOMException {
  const text =
    typeof value === 'function'
      ? `the function ${value.name}`
      : typeof value === 'object' && value !== null
        ? `#<${value.constructor?.name ?? 'Object'}>`
        : String(value)
  return new DOMException(`${text} could not be ${what}.`, 'DataCloneError')
}

define({ structuredClone })
