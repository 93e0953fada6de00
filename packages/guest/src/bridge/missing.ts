import { EwsError } from '@extism-ws/protocol'

import type { Bridge } from './bridge.js'

/** Outside a compiled plugin there is no host to talk to. */
export function bridge(): Bridge {
  throw noHost()
}

export function noHost(): EwsError {
  return new EwsError(
    'EWS_UNSUPPORTED',
    '@extism-ws/guest works inside a plugin: compile this file with `extism-ws build`',
  )
}
