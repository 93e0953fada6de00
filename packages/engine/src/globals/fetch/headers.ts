/** RFC 9110 §5.6.2. */
export const token = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/
const setCookie = 'set-cookie'

/** WHATWG Fetch §5.1; there is no guard: the host decides what may be sent. */
export class Headers {
  /** By name in lower case. */
  readonly #values = new Map<string, string[]>()

  constructor(init?: unknown) {
    if (init === undefined) return
    if (typeof init !== 'object' || init === null) {
      throw new TypeError('Headers: expected a sequence of pairs or a record')
    }
    for (const [name, value] of pairsOf(init)) this.append(name, value)
  }

  append(name: unknown, value: unknown): void {
    const key = nameOf(name)
    const text = valueOf(value, key)
    const values = this.#values.get(key)
    if (values === undefined) this.#values.set(key, [text])
    else values.push(text)
  }

  delete(name: unknown): void {
    this.#values.delete(nameOf(name))
  }

  get(name: unknown): string | null {
    return this.#values.get(nameOf(name))?.join(', ') ?? null
  }

  getSetCookie(): string[] {
    return [...(this.#values.get(setCookie) ?? [])]
  }

  has(name: unknown): boolean {
    return this.#values.has(nameOf(name))
  }

  set(name: unknown, value: unknown): void {
    const key = nameOf(name)
    this.#values.set(key, [valueOf(value, key)])
  }

  forEach(callback: (value: string, name: string, headers: Headers) => void, self?: unknown): void {
    if (typeof callback !== 'function') {
      throw new TypeError('Headers.forEach: the callback must be a function')
    }
    for (const [name, value] of this.entries()) Reflect.apply(callback, self, [value, name, this])
  }

  /** Sorted by name, values of one name combined, but for `set-cookie` (§2.2.2, "sort and combine"). */
  *entries(): IterableIterator<[name: string, value: string]> {
    for (const name of [...this.#values.keys()].sort()) {
      const values = this.#values.get(name) ?? []
      if (name === setCookie) for (const value of values) yield [name, value]
      else yield [name, values.join(', ')]
    }
  }

  *keys(): IterableIterator<string> {
    for (const [name] of this.entries()) yield name
  }

  *values(): IterableIterator<string> {
    for (const [, value] of this.entries()) yield value
  }

  declare [Symbol.iterator]: () => IterableIterator<[name: string, value: string]>
}

Object.defineProperty(Headers.prototype, Symbol.iterator, {
  value: Headers.prototype.entries,
  writable: true,
  configurable: true,
})

function pairsOf(init: object): Iterable<readonly unknown[]> {
  if (!(Symbol.iterator in init)) return Object.entries(init)
  return Array.from(init as Iterable<Iterable<unknown>>, (item) => {
    const pair = [...item]
    if (pair.length !== 2) throw new TypeError('Headers: each item must be a name and a value')
    return pair
  })
}

function nameOf(name: unknown): string {
  const text = String(name)
  if (!token.test(text))
    throw new TypeError(`Headers: ${JSON.stringify(text)} is not a header name`)
  return text.toLowerCase()
}

/** A byte string without line breaks (§2.2.2), surrounding whitespace removed. */
function valueOf(value: unknown, name: string): string {
  const text = String(value).replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, '')
  if (/[\0\n\r]|[^\0-\xff]/.test(text)) {
    throw new TypeError(`Headers: ${JSON.stringify(text)} is not a value for "${name}"`)
  }
  return text
}
