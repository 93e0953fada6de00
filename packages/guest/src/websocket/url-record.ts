import { domException } from '../web-idl.js'

/**
 * Obtaining a URL record for a WebSocket (WHATWG WebSockets §3.1). There is no base URL.
 *
 * @throws {DOMException} `SyntaxError`.
 */
export function urlRecord(url: string): URL {
  let record: URL
  try {
    record = new URL(url)
  } catch {
    throw domException(`"${url}" is not an absolute URL`, 'SyntaxError')
  }
  if (record.protocol === 'http:') record.protocol = 'ws:'
  else if (record.protocol === 'https:') record.protocol = 'wss:'
  if (record.protocol !== 'ws:' && record.protocol !== 'wss:') {
    throw domException(`the scheme of "${url}" is not ws:, wss:, http: or https:`, 'SyntaxError')
  }
  // An empty fragment is one too, and `hash` does not show it.
  if (record.href.includes('#')) {
    throw domException(`"${url}" has a fragment`, 'SyntaxError')
  }
  return record
}
