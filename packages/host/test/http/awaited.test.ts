import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { extismRequest, type ExtismResponse } from '../../src/http/extism.js'
import { Harness } from './harness.js'
import { HttpServer } from './server.js'

const nothing = new Uint8Array(0)

describe('an HTTP request that the guest stands still for', () => {
  let server: HttpServer
  let guest: Harness

  beforeEach(async () => {
    server = await HttpServer.start()
    guest = new Harness()
  })
  afterEach(async () => {
    guest.client.dispose()
    await server.idle()
    await server[Symbol.asyncDispose]()
  })

  const ask = (head: unknown, body = nothing): Promise<ExtismResponse> =>
    extismRequest(guest.client, { head: Buffer.from(JSON.stringify(head)), body })
  const codeOf = (answer: Promise<unknown>): Promise<unknown> =>
    answer.then(
      () => 'answered',
      (error: { code?: unknown }) => error.code,
    )

  it('is answered as a whole, and has no events', async () => {
    const { status, headers, body } = await ask({ url: `${server.origin}/hello` })
    expect([status, Buffer.from(body).toString()]).toEqual([200, 'hello'])
    expect(body.buffer.byteLength).toBe(5)
    expect(JSON.parse(headers)).toMatchObject({ 'content-type': 'text/plain' })
    expect(guest.events).toEqual([])
    expect(guest.client.requestCount).toBe(0)
  })

  it('joins headers that are there several times, and undoes a content coding', async () => {
    const { headers } = await ask({ url: `${server.origin}/cookies` })
    expect(JSON.parse(headers)).toMatchObject({ 'set-cookie': 'a=1; Path=/, b=2' })
    const packed = await ask({ url: `${server.origin}/gzip` })
    expect(JSON.parse(packed.headers)).not.toHaveProperty('content-encoding')
  })

  it('takes method, headers and body to the server', async () => {
    const head = { url: `${server.origin}/echo`, method: 'put', headers: { 'X-Tag': 'one' } }
    await ask(head, Buffer.from('1234'))
    expect(server.seen[0]).toMatchObject({ method: 'PUT', body: '1234' })
    expect(server.seen[0]?.headers).toContain('one')
  })

  it.each([
    ['not JSON', Buffer.from('{')],
    ['no object', Buffer.from('null')],
    ['without a URL', Buffer.from('{}')],
    ['with a method that is no text', Buffer.from('{"url":"http://127.0.0.1/","method":1}')],
    ['with headers that are none', Buffer.from('{"url":"http://127.0.0.1/","headers":{"a":1}}')],
    ['too long', Buffer.alloc(300_000, 0x20)],
  ])('is refused when its head is %s', async (_name, head) => {
    expect(await codeOf(extismRequest(guest.client, { head, body: nothing }))).toBe(
      'EWS_BAD_REQUEST',
    )
    expect(guest.client.requestCount).toBe(0)
  })

  it('is checked as any other', async () => {
    expect(await codeOf(ask({ url: 'http://example.com/' }))).toBe('EWS_DENIED')
    expect(await codeOf(ask({ url: 'nonsense' }))).toBe('EWS_BAD_URL')
    const cookie = { url: `${server.origin}/hello`, headers: { Cookie: 'a=1' } }
    expect(await codeOf(ask(cookie))).toBe('EWS_DENIED')
    using small = new Harness({ limits: { requestBytes: 3 } })
    const request = { head: Buffer.from('{"url":"http://127.0.0.1/"}'), body: Buffer.from('1234') }
    expect(await codeOf(extismRequest(small.client, request))).toBe('EWS_LIMIT')
  })

  it('does not stop while the guest has not taken the events of others', async () => {
    guest = new Harness({ bounds: { inboxBytes: 1000, inboxEvents: 10 } })
    guest.takes = false
    guest.start({ url: `${server.origin}/bytes?count=100000` })
    await vi.waitFor(() => expect(guest.client.hasEvents).toBe(true))
    const { body } = await ask({ url: `${server.origin}/bytes?count=500000` })
    expect(body.length).toBe(500_000)
    guest.client.abort(1)
  })

  it('counts as one of the requests that may be under way', async () => {
    guest = new Harness({ limits: { requests: 1 } })
    guest.takes = false
    const first = guest.start({ url: `${server.origin}/hello` })
    expect(await codeOf(ask({ url: `${server.origin}/hello` }))).toBe('EWS_LIMIT')
    guest.takes = true
    guest.take()
    await guest.outcome(first)
    const awaited = ask({ url: `${server.origin}/hello` })
    const second = guest.start({ url: `${server.origin}/hello` })
    expect(guest.client.requestCount).toBe(2)
    expect((await awaited).status).toBe(200)
    expect((await guest.outcome(second)).end).toBe('end')
  })

  it.each([
    ['disposed', 'EWS_DISPOSED', () => guest.client.dispose()],
    ['built anew', 'EWS_RESTARTED', () => guest.client.reset()],
  ])('is cut when the guest is %s', async (_name, code, end) => {
    const awaited = codeOf(ask({ url: `${server.origin}/silent` }))
    await vi.waitFor(() => expect(server.connections).toBe(1))
    end()
    expect(await awaited).toBe(code)
    expect(guest.client.requestCount).toBe(0)
    await server.idle()
  })

  it('is not begun when the guest was disposed', async () => {
    guest.client.dispose()
    expect(await codeOf(ask({ url: `${server.origin}/hello` }))).toBe('EWS_DISPOSED')
    expect(server.connected).toBe(0)
  })
})
