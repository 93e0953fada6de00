// Globals of js-pdk's second table that its types name, or that every script counts on.

import { equal } from './assert.js'

export function dates() {
  const now = Date.now()
  const years = new Date().getUTCFullYear()
  return equal(
    [now > 1_700_000_000_000, years >= 2024, new Date(0).toISOString()],
    [true, true, '1970-01-01T00:00:00.000Z'],
  )
}

export function consoleLevels() {
  console.log('log %s', 'a', { b: [1] })
  console.info('info')
  console.warn('warn')
  console.error('error', new Error('shown'))
  console.debug('debug')
  return true
}

export function encodesText() {
  const bytes = new TextEncoder().encode('héllo €')
  const { read, written } = new TextEncoder().encodeInto('aé€', new Uint8Array(4))
  return equal([bytes.length, read, written], [10, 2, 3])
}

export function decodesText() {
  const decoder = new TextDecoder()
  const parts = [
    decoder.decode(new Uint8Array([0xe2, 0x82]), { stream: true }),
    decoder.decode(new Uint8Array([0xac])),
    new TextDecoder('utf-8', { ignoreBOM: true }).decode(new Uint8Array([0xef, 0xbb, 0xbf, 65])),
  ]
  return equal(parts, ['', '€', '\ufeffA'])
}

export function urls() {
  const url = new URL('../b?x=1#y', 'https://user@example.com:8443/a/c')
  url.searchParams.append('z', 'ä b')
  return equal(
    [url.href, url.origin, url.port, URL.canParse('no')],
    ['https://user@example.com:8443/b?x=1&z=%C3%A4+b#y', 'https://example.com:8443', '8443', false],
  )
}

export function urlSearchParams() {
  const params = new URLSearchParams('a=1&b=2&a=3')
  params.delete('b')
  params.sort()
  return equal([params.getAll('a'), params.toString(), params.size], [['1', '3'], 'a=1&a=3', 2])
}
