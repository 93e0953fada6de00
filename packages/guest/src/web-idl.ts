interface Interface {
  readonly prototype: object
}

/**
 * Gives a class what WebIDL says of every interface and JavaScript does not do by itself: members are
 * enumerable, instances are `[object Name]`, optional parameters do not count. A bundler may have
 * renamed the class.
 */
export function finishInterface(target: Interface, name: string, length: number): void {
  const { prototype } = target
  Object.defineProperty(target, 'name', { value: name, configurable: true })
  Object.defineProperty(target, 'length', { value: length, configurable: true })
  Object.defineProperty(prototype, Symbol.toStringTag, { value: name, configurable: true })
  for (const member of Object.getOwnPropertyNames(prototype)) {
    if (member !== 'constructor') Object.defineProperty(prototype, member, { enumerable: true })
  }
}

/** Constants are on the class and on its prototype, and cannot be changed (WebIDL §3.7.5). */
export function defineConstants(
  target: Interface,
  constants: Readonly<Record<string, number>>,
): void {
  for (const [name, value] of Object.entries(constants)) {
    for (const holder of [target, target.prototype]) {
      Object.defineProperty(holder, name, { value, enumerable: true })
    }
  }
}

/** @throws {TypeError} when there are fewer arguments than required. */
export function needArguments(given: number, needed: number, what: string): void {
  if (given < needed) {
    throw new TypeError(`${what} needs ${needed} argument${needed === 1 ? '' : 's'}, got ${given}`)
  }
}

/** @throws {TypeError} unless `value` is one that WebIDL makes a dictionary or a sequence of. */
export function needObject(value: unknown, what: string): void {
  if (typeof value !== 'object' && typeof value !== 'function') {
    throw new TypeError(`${what} must be an object, got ${typeof value}`)
  }
}

/** WebIDL's USVString: lone surrogates become U+FFFD. */
export function usvString(value: unknown): string {
  const text = `${value as string}`
  // Engines older than ES2024 have no such method; their encoders replace what is lone.
  return (text as { toWellFormed?(): string }).toWellFormed?.() ?? text
}

/** How the standards name their failures: a `DOMException` where the engine has one. */
export function domException(message: string, name: string): Error {
  if (typeof DOMException === 'function') return new DOMException(message, name)
  const error = new Error(message)
  error.name = name
  return error
}
