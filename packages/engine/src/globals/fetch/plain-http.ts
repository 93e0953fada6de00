import { extismFunctions, native } from '../engine.js'

/** A request for Extism's own `http_request`. */
export interface PlainRequest {
  readonly url: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
}

export interface PlainResponse {
  readonly status: number
  /** Empty where the host does not tell. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body: Uint8Array
}

const empty = new Uint8Array(0)

/** Sends a request by the functions that every Extism host has; the whole plugin waits for it. */
export function plainRequest(
  request: PlainRequest,
  body: string | Uint8Array | null,
): PlainResponse {
  const head = native.blockNew(JSON.stringify(request))
  const content = body === null || body.length === 0 ? 0 : native.blockNew(body)
  const answer = read(Number(call('http_request', head, content)))
  const status = Number(call('http_status_code'))
  if (status === 0) throw unanswered(request)
  return { status, headers: responseHeaders(), body: answer }
}

/** Extism's JavaScript SDK answers with nothing where it cannot wait. */
function unanswered({ method, url }: PlainRequest): Error {
  const message =
    `this Extism host did not carry out ${method} ${url}: it cannot wait for HTTP here. ` +
    'Load the plugin with `runInWorker: true` and `allowedHosts`, or with @extism-ws/host'
  return Object.assign(new Error(message), { code: 'EWS_UNSUPPORTED' })
}

function responseHeaders(): PlainResponse['headers'] {
  // Extism's JavaScript SDK 1 does not have it.
  if (extismFunctions['http_headers'] === undefined) return {}
  const bytes = read(Number(call('http_headers')))
  return bytes.length === 0 ? {} : (JSON.parse(native.decode(bytes)) as PlainResponse['headers'])
}

function call(name: string, ...args: number[]): ReturnType<typeof native.call> {
  const found = extismFunctions[name]
  if (found === undefined) throw new Error(`this plugin was built without ${name}`)
  return native.call(found.slot, found.signature, ...args)
}

function read(offset: number): Uint8Array {
  return offset === 0 ? empty : native.blockRead(offset, native.blockLength(offset))
}
