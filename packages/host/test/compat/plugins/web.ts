// Web APIs that js-pdk's table names.

import { equal, thrownBy } from './assert.js'

export function base64Text() {
  return equal(
    [btoa('ÿa'), atob('/2E='), thrownBy(() => atob('a')), thrownBy(() => btoa('€'))],
    ['/2E=', 'ÿa', 'InvalidCharacterError', 'InvalidCharacterError'],
  )
}

export function clones() {
  const value = {
    date: new Date(5),
    map: new Map([['a', new Set([1])]]),
    bytes: new Uint8Array([7]),
  }
  const copy = structuredClone(value)
  return equal(
    [copy.date.getTime(), [...(copy.map.get('a') ?? [])], [...copy.bytes], copy.map === value.map],
    [5, [1], [7], false],
  )
}

export function cloneOfFunction() {
  return equal(
    thrownBy(() => structuredClone(() => 1)),
    'DataCloneError',
  )
}

export function randomValues() {
  const bytes = crypto.getRandomValues(new Uint8Array(32))
  const tooMany = thrownBy(() => crypto.getRandomValues(new Uint8Array(65_537)))
  return equal([bytes.some((byte) => byte !== 0), tooMany], [true, 'QuotaExceededError'])
}

export function randomUuid() {
  const [a, b] = [crypto.randomUUID(), crypto.randomUUID()]
  const form = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/
  return equal([form.test(a), a !== b], [true, true])
}

export async function digest() {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode('abc'))
  const hex = [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return equal(hex, 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
}

export function performanceClock() {
  const start = performance.now()
  let sum = 0
  for (let i = 0; i < 1e5; i++) sum += i
  const origin = Math.abs(performance.timeOrigin + performance.now() - Date.now()) < 1000
  return equal([sum > 0, performance.now() > start, origin], [true, true, true])
}

export function domException() {
  const error = new DOMException('no', 'AbortError')
  return equal([error.name, error.code, error instanceof Error], ['AbortError', 20, true])
}

export function events() {
  const target = new EventTarget()
  const seen: string[] = []
  target.addEventListener('x', (event) => seen.push(event.type), { once: true })
  const cancelled = new Event('x', { cancelable: true })
  target.addEventListener('x', (event) => event.preventDefault())
  return equal(
    [target.dispatchEvent(cancelled), target.dispatchEvent(new Event('x')), seen],
    [false, true, ['x']],
  )
}

export async function microtasks() {
  const order: string[] = []
  queueMicrotask(() => order.push('microtask'))
  order.push('task')
  await Promise.resolve()
  return equal(order, ['task', 'microtask'])
}

export function globalNames() {
  return equal([self === globalThis, global === globalThis], [true, true])
}

export function buffers() {
  const buffer = Buffer.concat([Buffer.from('hé'), Buffer.from([1, 2])])
  return equal(
    [buffer.toString('hex'), buffer.readUInt16BE(3), Buffer.from('aGk=', 'base64').toString()],
    ['68c3a90102', 258, 'hi'],
  )
}

export function consoleMethods() {
  console.assert(true, 'not shown')
  console.assert(false, 'shown')
  console.count('counter')
  console.countReset('counter')
  console.time('timer')
  console.timeLog('timer', 1)
  console.timeEnd('timer')
  console.table([{ a: 1, b: 'x' }])
  console.group('group')
  console.dir({ deep: { er: 1 } })
  console.groupEnd()
  console.trace('trace')
  return true
}

export function headers() {
  const list = new Headers({ 'X-One': '1' })
  list.append('x-one', '2')
  return equal([list.get('X-ONE'), [...list]], ['1, 2', [['x-one', '1, 2']]])
}

export async function responses() {
  const response = new Response('{"a":1}', { status: 201, headers: { 'x-y': 'z' } })
  const copy = response.clone()
  return equal(
    [
      response.ok,
      response.status,
      response.headers.get('x-y'),
      await response.json(),
      await copy.text(),
    ],
    [true, 201, 'z', { a: 1 }, '{"a":1}'],
  )
}

export async function requests() {
  const request = new Request('https://example.com/a', { method: 'post', body: 'hé' })
  return equal(
    [request.method, request.url, await request.text()],
    ['POST', 'https://example.com/a', 'hé'],
  )
}

export function urlPattern() {
  const pattern = new URLPattern({ pathname: '/books/:id' })
  return equal(pattern.exec('https://example.com/books/42')?.pathname.groups['id'], '42')
}
