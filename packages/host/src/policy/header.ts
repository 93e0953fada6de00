import { webSockets, type Family } from './family.js'

const credentials = new Set(['cookie', 'authorization'])

/** RFC 9110 §5.6.2. */
const token = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/
/** RFC 9110 §5.5: no CR, LF, NUL or other controls; no character beyond one byte. */
const fieldValue = /^[\t\x20-\x7e\x80-\xff]*$/

/** What the integrator lets through. */
export interface HeaderOptions {
  /** Whether `Cookie` and `Authorization` may be sent. */
  readonly allowCredentials: boolean
}

/** Headers as a guest gives them: by name, or one after the other. */
export type GuestHeaders =
  | Readonly<Record<string, string>>
  | readonly (readonly [name: string, value: string])[]

/**
 * The name of the first header that a guest may not send, or undefined.
 *
 * Forbidden are headers of the handshake and of HTTP framing, `Proxy-*`, credentials unless
 * allowed, and names and values that are not valid in HTTP (they could inject further headers).
 */
export function findForbiddenHeader(
  headers: GuestHeaders,
  options: HeaderOptions,
  family: Family = webSockets,
): string | undefined {
  for (const [name, value] of isList(headers) ? headers : Object.entries(headers)) {
    if (!isToken(name) || !fieldValue.test(value)) return name
    const key = name.toLowerCase()
    if (family.reserved.has(key)) return name
    if (family.reservedPrefixes.some((prefix) => key.startsWith(prefix))) return name
    if (isCredential(key) && !options.allowCredentials) return name
  }
  return undefined
}

/** Headers with others in the place of those that have the same name, in any case. */
export function withHeaders(
  headers: Readonly<Record<string, string>>,
  others: Readonly<Record<string, string>>,
): Record<string, string> {
  const replaced = new Set(Object.keys(others).map((name) => name.toLowerCase()))
  const kept = Object.entries(headers).filter(([name]) => !replaced.has(name.toLowerCase()))
  // Not by assignment: a name may be `__proto__`.
  return Object.fromEntries([...kept, ...Object.entries(others)])
}

/** Whether a text is a token of HTTP: what names of headers and methods are made of. */
export function isToken(text: string): boolean {
  return token.test(text)
}

/** Whether a header of this name, in lower case, says who somebody is. */
export function isCredential(name: string): boolean {
  return credentials.has(name)
}

function isList(headers: GuestHeaders): headers is Exclude<GuestHeaders, Record<string, string>> {
  return Array.isArray(headers)
}
