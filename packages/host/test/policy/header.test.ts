import { expect, test } from 'vitest'
import { findForbiddenHeader } from '../../src/policy/header.js'

const always = [
  'Host',
  'HOST',
  'Connection',
  'Upgrade',
  'Sec-WebSocket-Key',
  'sec-websocket-protocol',
  'Sec-WebSocket-Anything',
  'Content-Length',
  'Transfer-Encoding',
  'TE',
  'Trailer',
  'Keep-Alive',
  'Proxy-Authorization',
  'Proxy-Connection',
]

test.each(always)('%s is forbidden even with credentials allowed', (name) => {
  expect(findForbiddenHeader({ [name]: 'x' }, { allowCredentials: true })).toBe(name)
})

test.each(['Cookie', 'cookie', 'Authorization', 'AUTHORIZATION'])(
  '%s is forbidden unless credentials are allowed',
  (name) => {
    expect(findForbiddenHeader({ [name]: 'x' }, { allowCredentials: false })).toBe(name)
    expect(findForbiddenHeader({ [name]: 'x' }, { allowCredentials: true })).toBeUndefined()
  },
)

const lineBreaks = ['X\r\nHost', 'X\n', 'X\0']
const badNames = ['', ' ', 'Host ', ' Host', 'X Y', 'X:Y', ...lineBreaks, 'é', 'Coo\u212aie']

test.each(badNames)('the name %j is forbidden', (name) => {
  expect(findForbiddenHeader({ [name]: 'x' }, { allowCredentials: true })).toBe(name)
})

const badValues = ['a\r\nHost: evil.test', 'a\n', '\r', 'a\0b', '\x7f', '\x1b', 'a\u010ab', '日']

test.each(badValues)('the value %j is forbidden', (value) => {
  expect(findForbiddenHeader({ 'X-Key': value }, { allowCredentials: true })).toBe('X-Key')
})

test('ordinary headers pass, whatever printable bytes they hold', () => {
  const headers = {
    'X-Api-Key': 'a b\tc',
    'User-Agent': 'plugin/1',
    Origin: 'https://app.example',
    'X-Latin': 'é',
    'X-Empty': '',
    Hosting: 'x',
    'X-Host': 'x',
  }
  expect(findForbiddenHeader(headers, { allowCredentials: false })).toBeUndefined()
  expect(findForbiddenHeader({}, { allowCredentials: false })).toBeUndefined()
})

test('one forbidden header among others is found', () => {
  const headers = { 'X-Api-Key': 'k', Upgrade: 'h2c', Cookie: 'a=b' }
  expect(findForbiddenHeader(headers, { allowCredentials: true })).toBe('Upgrade')
})
