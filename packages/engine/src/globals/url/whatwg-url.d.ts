// The parts of whatwg-url that are used: its own entry point brings a layer of WebIDL with it.

declare module 'whatwg-url/lib/url-state-machine.js' {
  /** WHATWG URL §4.1, a URL record. */
  export interface URLRecord {
    readonly scheme: string
    username: string
    password: string
    readonly host: unknown
    port: number | null
    path: string | string[]
    query: string | null
    fragment: string | null
  }

  const parser: {
    basicURLParse(
      input: string,
      options?: { baseURL?: URLRecord | null; url?: URLRecord; stateOverride?: string },
    ): URLRecord | null
    serializeURL(url: URLRecord): string
    serializeURLOrigin(url: URLRecord): string
    serializeHost(host: unknown): string
    serializePath(url: URLRecord): string
    cannotHaveAUsernamePasswordPort(url: URLRecord): boolean
    hasAnOpaquePath(url: URLRecord): boolean
    setTheUsername(url: URLRecord, username: string): void
    setThePassword(url: URLRecord, password: string): void
  }
  export default parser
}

declare module 'whatwg-url/lib/urlencoded.js' {
  const urlencoded: {
    parseUrlencodedString(input: string): [string, string][]
    serializeUrlencoded(tuples: readonly (readonly [string, string])[]): string
  }
  export default urlencoded
}

declare module 'punycode/punycode.es6.js' {
  export function encode(label: string): string
  export function decode(label: string): string
}
