import { maxNameLength } from '@extism-ws/protocol'
import type { IncomingHttpHeaders } from 'node:http'

/** How a connection that somebody opened to this host goes to a plugin. */
export interface AcceptOptions {
  /** Subprotocols that the plugin speaks, of which the client's first is taken. Default: whatever it names first. */
  readonly protocols?: readonly string[]
  /**
   * Headers that the plugin is shown, in lower case. Default: all but those of the handshake, of proxies,
   * and those that say who somebody is (`cookie`, `authorization`).
   */
  readonly headers?: readonly string[]
  /** By which the plugin finds the socket: `sockets.get(name)`. Default: none. */
  readonly name?: string
}

const hidden = new Set(['cookie', 'authorization', 'connection', 'upgrade'])
const hiddenPrefixes = ['sec-websocket-', 'proxy-', 'x-forwarded-', 'forwarded']

/** Headers of a request as the plugin is shown them. */
export function shownHeaders(
  headers: IncomingHttpHeaders,
  shown: readonly string[] | undefined,
): Record<string, string> {
  const names = shown?.map((name) => name.toLowerCase()) ?? Object.keys(headers).filter(isShown)
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = headers[name]
      if (value === undefined) return []
      return [[name, Array.isArray(value) ? value.join(', ') : value]]
    }),
  )
}

/** @throws {TypeError} for a name that no socket can have. */
export function checkName(name: string): string {
  if (name.length <= maxNameLength) return name
  throw new TypeError(
    `accept: name may have ${maxNameLength} characters, this one has ${name.length}`,
  )
}

function isShown(name: string): boolean {
  return !hidden.has(name) && !hiddenPrefixes.some((prefix) => name.startsWith(prefix))
}
