import { namespace } from '@extism-ws/protocol'

import type { BlockPool } from './bridge/block-pool.js'
import { directLayer, type GuestMemory } from './bridge/direct.js'
import type { EntryExports } from './bridge/entry-exports.js'
import type { SessionOperations } from './bridge/operations.js'
import { portableLayer } from './bridge/portable.js'
import type { HostFunctions } from './bridge/sdk.js'
import { suspending } from './bridge/suspending.js'
import type { Variables } from './variables.js'

/** What the host functions of one instance work on. */
export interface HostFunctionParts {
  readonly session: SessionOperations
  readonly memory: GuestMemory
  readonly entry: EntryExports
  readonly blocks: BlockPool
  readonly variables: Variables
  /** Whether those that wait suspend the guest. */
  readonly suspends: boolean
}

/** Host functions that may wait. */
const waiting = new Set(
  ['connect', 'receive', 'poll'].flatMap((name) => [`ws_${name}`, `ws_direct_${name}`]),
)

/** Both layers of the bridge, and those functions of Extism's that this package has instead of the SDK. */
export function hostFunctions(parts: HostFunctionParts): Record<string, HostFunctions> {
  const { session, memory, entry, blocks, variables, suspends } = parts
  const bridge: HostFunctions = {
    ...portableLayer(session, entry),
    ...directLayer(session, memory, entry),
  }
  if (suspends) {
    for (const [name, run] of Object.entries(bridge)) if (waiting.has(name)) suspending(run)
  }
  return {
    [namespace]: bridge,
    // SDK 1.0.3 has no `http_headers`, and plugins that import it would not load. The other functions
    // of HTTP stay the SDK's own: at this point nobody knows who made the module.
    'extism:host/env': {
      ...variables.functions,
      ...blocks.functions,
      http_headers: () => 0n,
    },
  }
}
