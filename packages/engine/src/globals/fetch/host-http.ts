import { encodeHttpRequest, type ErrorData, type HttpHead } from '@extism-ws/protocol'

import { loop, native } from '../engine.js'
import { BodyContent } from './body-init.js'
import { Headers } from './headers.js'
import { Incoming } from './incoming.js'
import type { Request } from './request.js'
import { newResponse, type Response } from './response.js'

/**
 * Has a host that attached itself carry the request out; the response is there before its body.
 *
 * @param caller stack of the call: when the request fails, nothing of it is left on the stack.
 */
export async function hostRequest(
  request: Request,
  body: Uint8Array,
  caller: string,
): Promise<Response> {
  const { signal } = request
  return new Promise((resolve, reject) => {
    const incoming = new Incoming(() => finish(true))
    const fail = (error: unknown): void => {
      incoming.fail(error)
      // Without effect when the response has been handed out.
      reject(error)
    }
    const abort = (): void => {
      finish(true)
      fail(signal.reason)
    }
    const finish = (early: boolean): void => {
      signal.removeEventListener('abort', abort)
      if (early) loop.requests.abort(id)
    }
    const id = loop.requests.start(payloadOf(request, body), {
      response: (bytes) => {
        try {
          resolve(responseOf(bytes, new BodyContent({ source: incoming })))
        } catch (error) {
          finish(true)
          fail(error)
        }
      },
      // A copy: its neighbours in the host's block are none of the reader's business.
      body: (chunk) => incoming.push(chunk.slice()),
      end: () => {
        finish(false)
        incoming.end()
      },
      failed: (bytes) => {
        finish(false)
        fail(errorOf(bytes, caller))
      },
    })
    signal.addEventListener('abort', abort)
  })
}

function payloadOf({ url, method, headers, redirect }: Request, body: Uint8Array): Uint8Array {
  return encodeHttpRequest({ method, url, headers: [...headers], redirect, body })
}

function responseOf(bytes: Uint8Array, content: BodyContent): Response {
  const { headers, status, statusText, url, redirected } = parse(bytes) as HttpHead
  return newResponse(content, new Headers(headers), {
    status,
    statusText,
    url,
    redirected,
    type: 'basic',
  })
}

/** The standard's TypeError; the cause has the host's code. */
function errorOf(bytes: Uint8Array, caller: string): TypeError {
  const { code, name, message, status } = parse(bytes) as ErrorData
  const cause = Object.assign(
    new Error(message),
    status === undefined ? { code } : { code, status },
  )
  Object.defineProperty(cause, 'name', { value: name, configurable: true, writable: true })
  const error = new TypeError(`fetch failed: ${message}`, { cause })
  Object.defineProperty(error, 'stack', { value: caller, configurable: true, writable: true })
  return error
}

function parse(bytes: Uint8Array): unknown {
  return JSON.parse(native.decode(bytes))
}
