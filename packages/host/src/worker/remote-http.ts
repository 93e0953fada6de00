import { EwsError } from '@extism-ws/protocol'

import type { EntryExports } from '../bridge/entry-exports.js'
import type { CarryOut } from '../module/extism-http.js'
import type { Caller } from './caller.js'

/** Requests that the plugin's thread waits for: they are made where the session is. */
export function remoteHttp(caller: Caller, entry: EntryExports): CarryOut {
  return (request) => {
    const answer = entry.whileBlocked(() => caller.ask({ op: 'http', request }))
    if (typeof answer === 'object' && 'response' in answer) return answer.response
    throw new EwsError('EWS_INTERNAL', 'the main thread answered a request with something else')
  }
}
