import type { SocketOptions } from '../../src/options.js'
import { sessionParts } from '../../src/session-parts.js'
import type { TlsOptions } from '../../src/tls/index.js'

/** How a connection of a plugin came out: `open`, or the failure. */
export type Outcome = 'open' | { readonly code: string; readonly message: string }

/** Connects as a plugin with these options does, to the end of the handshake. */
export async function outcomeOf(
  url: string,
  tls: TlsOptions = {},
  sockets: SocketOptions = {},
): Promise<Outcome> {
  const allow = ['wss://*:*', 'wss://localhost:*', 'wss://127.0.0.1:*']
  const options = { sockets: { allow, tls, ...sockets }, logLevel: 'silent' } as const
  const { session } = sessionParts(options, 'jspi', undefined)
  try {
    await session.connect(new TextEncoder().encode(url))
    return 'open'
  } catch (error) {
    const { code, message } = error as { code: string; message: string }
    return { code, message }
  } finally {
    await session.dispose()
  }
}
