import urlencoded from 'whatwg-url/lib/urlencoded.js'

type Pair = [name: string, value: string]

/** Replaces the list of a URL's parameters, and says what to do when they change. */
export let attach: (params: URLSearchParams, onChange: (query: string) => void) => void
export let replace: (params: URLSearchParams, query: string) => void

/** WHATWG URL §6.2. */
export class URLSearchParams {
  #list: Pair[]
  #onChange: ((query: string) => void) | undefined

  static {
    attach = (params, onChange) => {
      params.#onChange = onChange
    }
    replace = (params, query) => {
      params.#list = urlencoded.parseUrlencodedString(query)
    }
  }

  constructor(init?: unknown) {
    this.#list = pairsOf(init)
  }

  get size(): number {
    return this.#list.length
  }

  append(...args: [name: unknown, value: unknown]): void {
    need(args, 2)
    this.#list.push([text(args[0]), text(args[1])])
    this.#changed()
  }

  delete(...args: [name: unknown, value?: unknown]): void {
    const matches = this.#matcher(args)
    this.#list = this.#list.filter((pair) => !matches(pair))
    this.#changed()
  }

  get(...args: [name: unknown]): string | null {
    return this.#list.find(this.#matcher(args))?.[1] ?? null
  }

  getAll(...args: [name: unknown]): string[] {
    return this.#list.filter(this.#matcher(args)).map(([, value]) => value)
  }

  has(...args: [name: unknown, value?: unknown]): boolean {
    return this.#list.some(this.#matcher(args))
  }

  set(...args: [name: unknown, value: unknown]): void {
    need(args, 2)
    const [name, value] = [text(args[0]), text(args[1])]
    const first = this.#list.find((pair) => pair[0] === name)
    if (first === undefined) {
      this.#list.push([name, value])
    } else {
      first[1] = value
      this.#list = this.#list.filter((pair) => pair === first || pair[0] !== name)
    }
    this.#changed()
  }

  sort(): void {
    this.#list.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    this.#changed()
  }

  forEach(
    callback: (value: string, name: string, params: URLSearchParams) => void,
    self?: unknown,
  ): void {
    if (typeof callback !== 'function') {
      throw new TypeError('URLSearchParams.forEach: the callback must be a function')
    }
    for (const [name, value] of this) Reflect.apply(callback, self, [value, name, this])
  }

  *entries(): IterableIterator<Pair> {
    // By index: what is added while it is iterated over comes as well.
    for (let i = 0; i < this.#list.length; i++) {
      const [name, value] = this.#list[i] ?? ['', '']
      yield [name, value]
    }
  }

  *keys(): IterableIterator<string> {
    for (const [name] of this.entries()) yield name
  }

  *values(): IterableIterator<string> {
    for (const [, value] of this.entries()) yield value
  }

  declare [Symbol.iterator]: () => IterableIterator<Pair>

  toString(): string {
    return urlencoded.serializeUrlencoded(this.#list)
  }

  #matcher(args: readonly unknown[]): (pair: Pair) => boolean {
    need(args, 1)
    const name = text(args[0])
    const value = args[1] === undefined ? undefined : text(args[1])
    return (pair) => pair[0] === name && (value === undefined || pair[1] === value)
  }

  #changed(): void {
    this.#onChange?.(this.toString())
  }
}

Object.defineProperty(URLSearchParams.prototype, Symbol.iterator, {
  value: URLSearchParams.prototype.entries,
  writable: true,
  configurable: true,
})

function text(value: unknown): string {
  return String(value).toWellFormed()
}

function need(args: readonly unknown[], count: number): void {
  if (args.length < count) {
    throw new TypeError(`URLSearchParams: ${count} argument${count > 1 ? 's are' : ' is'} required`)
  }
}

/** WHATWG URL §6.2, "initialize a URLSearchParams object": a sequence, a record or a string. */
function pairsOf(init: unknown): Pair[] {
  if (init === undefined) return []
  if ((typeof init !== 'object' && typeof init !== 'function') || init === null) {
    return urlencoded.parseUrlencodedString(text(init).replace(/^\?/, ''))
  }
  if (!(Symbol.iterator in init)) {
    const record = Object.entries(init).map(([name, value]): Pair => [text(name), text(value)])
    return [...new Map(record)]
  }
  return Array.from(init as Iterable<Iterable<unknown>>, (item): Pair => {
    const pair = typeof item === 'object' && item !== null ? [...item] : []
    if (pair.length !== 2) {
      throw new TypeError('URLSearchParams: each item must be a pair of a name and a value')
    }
    return [text(pair[0]), text(pair[1])]
  })
}
