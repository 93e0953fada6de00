import { extismFunctions, hostCall, native } from '../engine.js'

/** A request for Extism's own `http_request`. */
export interface PlainRequest {
  readonly url: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
}

export interface PlainResponse {
  readonly status: number
  readonly body: Uint8Array
}

const empty = new Uint8Array(0)

/**
 * Sends a request by the functions that every Extism host has; the whole plugin waits for it.
 *
 * @throws {EwsError} what it failed with; `EWS_UNSUPPORTED` where Extism's own host tells nothing.
 */
export function plainRequest(
  request: PlainRequest,
  body: string | Uint8Array | null,
): PlainResponse {
  const head = native.blockNew(JSON.stringify(request))
  const content = body === null || body.length === 0 ? 0 : native.blockNew(body)
  const answer = read(Number(call('http_request', head, content)))
  const status = Number(call('http_status_code'))
  if (status === 0) throw unanswered(request)
  return { status, body: answer }
}

/** Extism's JavaScript SDK answers with nothing where it cannot wait. */
function unanswered({ method, url }: PlainRequest): Error {
  const message =
    `this Extism host did not carry out ${method} ${url}: it cannot wait for HTTP here. ` +
    'Load the plugin with `runInWorker: true` and `allowedHosts`, or by `createPlugin` of @extism-ws/host'
  return Object.assign(new Error(message), { code: 'EWS_UNSUPPORTED' })
}

/**
 * The headers of the last response, as far as the host tells: one that is attached does where no request
 * is asked for (docs/abi.md §10.4). For Extism's there is `http_headers`, but a plugin that
 * imports it would not load in its JavaScript SDK 1.
 */
export function responseHeaders(): Record<string, string> {
  if (native.features() === null) return {}
  const bytes = read(Number(call('http_request', 0, 0)))
  return bytes.length === 0 ? {} : (JSON.parse(native.decode(bytes)) as Record<string, string>)
}

function call(name: string, ...args: number[]): ReturnType<typeof hostCall> {
  const found = extismFunctions[name]
  if (found === undefined) throw new Error(`this plugin was built without ${name}`)
  return hostCall(found, args)
}

function read(offset: number): Uint8Array {
  return offset === 0 ? empty : native.blockRead(offset, native.blockLength(offset))
}
