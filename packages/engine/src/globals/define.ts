type Class = { prototype: object }

/**
 * Defines globals as WebIDL does: not enumerable, but replaceable; members of a class are enumerable,
 * and its instances are `[object Name]`. A bundler may have renamed the class.
 */
export function define(values: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(values)) {
    if (typeof value === 'function') {
      Object.defineProperty(value, 'name', { value: name, configurable: true })
      if (isClass(value)) finish(value.prototype, name)
    }
    // Not left out: the engine has a `performance` that is enumerable.
    const attributes = { writable: true, enumerable: false, configurable: true }
    Object.defineProperty(globalThis, name, { value, ...attributes })
  }
}

/** Only a class has a prototype that cannot be replaced. */
function isClass(value: object): value is Class {
  return Object.getOwnPropertyDescriptor(value, 'prototype')?.writable === false
}

function finish(prototype: object, value: string): void {
  for (const member of Object.getOwnPropertyNames(prototype)) {
    if (member !== 'constructor') Object.defineProperty(prototype, member, { enumerable: true })
  }
  if (Object.hasOwn(prototype, Symbol.toStringTag)) return
  Object.defineProperty(prototype, Symbol.toStringTag, { value, configurable: true })
}
