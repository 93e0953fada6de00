import { bytesOf } from '../prelude/bytes.js'
import { define } from './define.js'
import { native, needHost } from './engine.js'
import { plainRequest } from './fetch/plain-http.js'

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

/** js-pdk's `Http`: the plugin stands still until the response is there. */
const Http = {
  request({ url, method, headers }: HttpRequest, body?: unknown): HttpResponse {
    needHost('Http.request')
    if (native.features() !== null) {
      throw Object.assign(
        new Error(
          'Http.request: this host cannot wait inside a call of the plugin: ' +
            'use `await fetch(...)`, or a host mode that can wait',
        ),
        { code: 'EWS_WOULD_BLOCK' },
      )
    }
    const names = Object.entries(headers ?? {}).map(([name, value]) => [name, String(value)])
    const request = {
      url: String(url),
      method: String(method ?? 'GET'),
      headers: Object.fromEntries(names) as Record<string, string>,
    }
    const answer = plainRequest(request, contentOf(body))
    const told = Object.entries(answer.headers).map(([name, value]) => [
      name,
      [value].flat().join(', '),
    ])
    return {
      status: answer.status,
      body: native.decode(answer.body),
      headers: Object.fromEntries(told) as Record<string, string>,
    }
  },
}

function contentOf(body: unknown): string | Uint8Array | null {
  if (body === undefined || body === null) return null
  return body instanceof ArrayBuffer || ArrayBuffer.isView(body) ? bytesOf(body) : String(body)
}

define({ Http })
