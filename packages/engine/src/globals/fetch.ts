import { define } from './define.js'
import { native, needHost } from './engine.js'
import { collected, takeBody } from './fetch/body.js'
import { BodyContent } from './fetch/body-init.js'
import { Headers } from './fetch/headers.js'
import { hostRequest } from './fetch/host-http.js'
import { plainRequest } from './fetch/plain-http.js'
import { Request } from './fetch/request.js'
import { newResponse, Response } from './fetch/response.js'

/** WHATWG Fetch §5.6. The body is collected before it is sent. */
async function fetch(...args: ConstructorParameters<typeof Request>): Promise<Response> {
  needHost('fetch')
  const caller = new Error('fetch').stack ?? ''
  const request = new Request(...args)
  const { signal } = request
  if (signal.aborted) throw signal.reason
  const content = takeBody(request)
  const body = content?.bytes ?? (await collected(content?.source))
  // It may have been aborted while the body was collected.
  if (signal.aborted) throw signal.reason
  return native.features() === null ? plainFetch(request, body) : hostRequest(request, body, caller)
}

function plainFetch(request: Request, body: Uint8Array): Response {
  const { method, url } = request
  const answer = plainRequest({ url, method, headers: Object.fromEntries(request.headers) }, body)
  const content = new BodyContent({ bytes: answer.body })
  // Without headers: Extism tells them only to those who import `http_headers`, which SDK 1 lacks.
  return newResponse(content, new Headers(), { status: answer.status, url, type: 'basic' })
}

define({ Headers, Request, Response, fetch })
