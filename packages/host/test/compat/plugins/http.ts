// HTTP: what it may do differs by host. The input has a URL of the test's server.

import { equal } from './assert.js'

const url = (): string => (JSON.parse(Host.inputString()) as { url: string }).url

export async function fetchText() {
  const response = await fetch(`${url()}/text`)
  return equal([response.status, await response.text()], [200, 'héllo'])
}

export async function fetchPost() {
  const response = await fetch(`${url()}/echo`, {
    method: 'POST',
    headers: { 'x-plugin': 'yes' },
    body: JSON.stringify({ a: 'é' }),
  })
  return equal(await response.json(), { method: 'POST', plugin: 'yes', body: '{"a":"é"}' })
}

export async function fetchHeaders() {
  const response = await fetch(`${url()}/text`)
  return equal(response.headers.get('x-server'), 'test')
}

export async function fetchStream() {
  const response = await fetch(`${url()}/text`)
  const reader = response.body?.getReader()
  let size = 0
  for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read()) {
    size += part.value.length
  }
  return equal(size, 6)
}

export function httpRequest() {
  const { status, body } = Http.request({ url: `${url()}/text` })
  return equal([status, body], [200, 'héllo'])
}

export function httpHeaders() {
  const { headers } = Http.request({ url: `${url()}/text` })
  return equal(headers?.['x-server'] ?? null, 'test')
}

export function httpPost() {
  const { body } = Http.request(
    { url: `${url()}/echo`, method: 'POST', headers: { 'x-plugin': 'yes' } },
    'héllo',
  )
  return equal(JSON.parse(body), { method: 'POST', plugin: 'yes', body: 'héllo' })
}
