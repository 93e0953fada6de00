/** What the handshake itself sets, and what frames or routes the HTTP message (RFC 9110 §7.6.1). */
const reserved = new Set([
  'host',
  'connection',
  'upgrade',
  'content-length',
  'transfer-encoding',
  'te',
  'trailer',
  'keep-alive',
])
const reservedPrefixes = ['sec-websocket-', 'proxy-']
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

/**
 * The name of the first header that a guest may not add to the opening handshake, or undefined.
 *
 * Forbidden are headers of the handshake and of HTTP framing, `Proxy-*`, credentials unless
 * allowed, and names and values that are not valid in HTTP (they could inject further headers).
 */
export function findForbiddenHeader(
  headers: Readonly<Record<string, string>>,
  options: HeaderOptions,
): string | undefined {
  for (const [name, value] of Object.entries(headers)) {
    if (!token.test(name) || !fieldValue.test(value)) return name
    const key = name.toLowerCase()
    if (reserved.has(key)) return name
    if (reservedPrefixes.some((prefix) => key.startsWith(prefix))) return name
    if (credentials.has(key) && !options.allowCredentials) return name
  }
  return undefined
}
