import { EwsError } from '@extism-ws/protocol'

import type { EntryExports } from '../bridge/entry-exports.js'
import type { CallContext, HostFunctions } from '../bridge/sdk.js'
import { suspending } from '../bridge/suspending.js'
import type { ExtismRequest, ExtismResponse } from '../http/extism.js'
import { waitingModes } from '../mode/mode.js'
import { asEwsError } from '../unexpected.js'

/**
 * The namespace to which those imports of our own plugins are renamed that are Extism's HTTP. An
 * override under Extism's name is not enough: where Wasm can be suspended, SDK 2 replaces it with
 * its own, and makes every call of the plugin asynchronous.
 */
export const extismHttpNamespace = 'extism-ws:http'

export const extismHttpNames: ReadonlySet<string> = new Set([
  'http_request',
  'http_status_code',
  'http_headers',
])

/**
 * Carries out a request that the guest stands still for.
 *
 * @throws {EwsError} what it fails with; also by its promise.
 */
export type CarryOut = (request: ExtismRequest) => ExtismResponse | Promise<ExtismResponse>

export interface ExtismHttpSettings {
  readonly entry: EntryExports
  readonly carryOut: CarryOut
  /** Whether the guest is suspended until a promise of `carryOut` settles. */
  readonly suspends: boolean
}

/** Where nothing can wait. */
export const refuseToWait: CarryOut = () => {
  const message = `a synchronous request waits for its response, which a host in \`event\` mode cannot: use \`await fetch(…)\`, or ${waitingModes}`
  throw new EwsError('EWS_WOULD_BLOCK', message)
}

const nothing: ExtismResponse = { status: 0, headers: '', body: new Uint8Array(0) }

/**
 * Extism's HTTP functions for one instance that is attached. What fails becomes an exception in the guest,
 * where Extism's own would answer 0, or throw through Wasm, which is the end of the instance.
 */
export function extismHttpFunctions(settings: ExtismHttpSettings): HostFunctions {
  const { entry, carryOut, suspends } = settings
  let last = nothing
  const fail = (error: unknown): bigint => {
    entry.fail(asEwsError(error))
    return 0n
  }
  const headers = (context: CallContext): bigint => {
    try {
      return stored(context, Buffer.from(last.headers))
    } catch (error) {
      return fail(error)
    }
  }
  const finish = (context: CallContext, response: ExtismResponse): bigint => {
    last = response
    return stored(context, response.body)
  }
  const request = (context: CallContext, head: bigint, body: bigint): bigint | Promise<bigint> => {
    // Our plugins do not import `http_headers`, which SDK 1 lacks: they ask in this way (docs/abi.md §10.4).
    if (head === 0n) return headers(context)
    last = nothing
    try {
      const answer = carryOut({ head: copied(context, head), body: copied(context, body) })
      if (answer instanceof Promise) {
        return entry.untilSettled(answer.then((response) => finish(context, response)).catch(fail))
      }
      return finish(context, answer)
    } catch (error) {
      return fail(error)
    }
  }
  return {
    http_request: suspends ? suspending(request) : request,
    http_status_code: () => last.status,
    http_headers: headers,
  }
}

function copied(context: CallContext, offset: bigint): Uint8Array {
  // The SDK has a block there, which is not the guest's.
  if (offset === 0n) return nothing.body
  return context.read(offset)?.bytes().slice() ?? nothing.body
}

function stored(context: CallContext, bytes: Uint8Array): bigint {
  // In a buffer of its own, all of which SDK 1.0.3 gives the guest.
  const own = bytes.length < bytes.buffer.byteLength ? new Uint8Array(bytes) : bytes
  return bytes.length === 0 ? 0n : context.store(own)
}
