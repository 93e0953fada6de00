import { Feature } from '@extism-ws/protocol'

import { bytesOf } from '../prelude/bytes.js'
import { define } from './define.js'
import { native, needHost } from './engine.js'
import { plainRequest, responseHeaders } from './fetch/plain-http.js'

interface HttpRequest {
  url: unknown
  method?: unknown
  headers?: Readonly<Record<string, unknown>>
}

interface HttpResponse {
  status: number
  body: string
  headers: Record<string, string>
}

/** js-pdk's `Http`: the plugin stands still until the response is there; its host says where it cannot. */
const Http = {
  request({ url, method, headers }: HttpRequest, body?: unknown): HttpResponse {
    needHost('Http.request')
    const features = native.features()
    // The SDK's own functions are the end of a plugin that asks them for what is not allowed.
    if (features !== null && (features & Feature.http) === 0) {
      const message =
        'Http.request: this host cannot wait for it: use `await fetch(…)`, or `createPlugin` of ' +
        "@extism-ws/host with `mode` 'worker' or 'jspi'"
      throw Object.assign(new Error(message), { code: 'EWS_WOULD_BLOCK' })
    }
    const names = Object.entries(headers ?? {}).map(([name, value]) => [name, String(value)])
    const request = {
      url: String(url),
      method: String(method ?? 'GET'),
      headers: Object.fromEntries(names) as Record<string, string>,
    }
    const answer = plainRequest(request, contentOf(body))
    return {
      status: answer.status,
      body: native.decode(answer.body),
      headers: responseHeaders(),
    }
  },
}

function contentOf(body: unknown): string | Uint8Array | null {
  if (body === undefined || body === null) return null
  return body instanceof ArrayBuffer || ArrayBuffer.isView(body) ? bytesOf(body) : String(body)
}

define({ Http })
