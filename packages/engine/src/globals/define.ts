/** Defines globals as WebIDL does: not enumerable, but replaceable. */
export function define(values: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(values)) {
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true })
  }
}
