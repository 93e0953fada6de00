import type { HostFunctions } from '../bridge/sdk.js'

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
 * Extism's HTTP for a plugin that is attached: it has `fetch` of this host, and a request that makes
 * the host wait gets no answer.
 */
export const extismHttpFunctions: HostFunctions = {
  http_request: () => 0n,
  http_status_code: () => 0,
  http_headers: () => 0n,
}
