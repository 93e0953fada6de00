import type { GlobalScript } from '@extism-ws/engine'
import type { Signature } from '@extism-ws/protocol'

import type { HostFunction } from './host-function.js'

const namespace = 'extism:host/env'

/** Extism's own host functions that only some plugins import; the others are in the engine. */
const signatures: Readonly<Record<string, Signature>> = {
  http_request: {
    params: [
      ['request', 'i64'],
      ['body', 'i64'],
    ],
    result: 'i64',
  },
  http_status_code: { params: [], result: 'i32' },
}

/**
 * Those that globals need. Every Extism host has them, but one that sees them imported may treat the
 * plugin differently: SDK 2 makes every call wait for HTTP.
 */
export function extismFunctions(scripts: readonly GlobalScript[]): HostFunction[] {
  const names = new Set(scripts.flatMap(({ imports = [] }) => imports))
  return Object.entries(signatures)
    .filter(([name]) => names.has(name))
    .map(([name, signature]) => ({ namespace, name, signature }))
}
