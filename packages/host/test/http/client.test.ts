import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { Harness } from './harness.js'
import { HttpServer } from './server.js'

describe('an HTTP request', () => {
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

  const seenHeaders = (name: string): string[] => {
    const { headers = [] } = server.seen.at(-1) ?? {}
    return headers.filter((_, i) => i % 2 === 1 && headers[i - 1]?.toLowerCase() === name)
  }

  it('is answered with response, body and end, in that order', async () => {
    const { head, body, end } = await guest.fetch(`${server.origin}/hello?x=1#top`)
    expect(guest.events.map(({ type }) => type)).toEqual(['response', 'body', 'end'])
    expect(head).toMatchObject({
      status: 200,
      statusText: 'OK',
      url: `${server.origin}/hello?x=1`,
      redirected: false,
    })
    expect(head?.headers).toContainEqual(['Content-Type', 'text/plain'])
    expect([body.toString(), end]).toEqual(['hello', 'end'])
    expect(server.seen[0]).toMatchObject({ method: 'GET', url: '/hello?x=1', body: '' })
  })

  it('takes method, headers and body to the server', async () => {
    const body = Buffer.from('{"a":1}')
    const headers = [
      ['content-type', 'application/json'],
      ['X-Tag', 'one'],
      ['x-tag', 'two'],
      ['__proto__', 'a name like any other'],
    ] as const
    const outcome = await guest.fetch(`${server.origin}/echo`, { method: 'POST', headers, body })
    expect(outcome.body.toString()).toBe('{"a":1}')
    expect(server.seen[0]).toMatchObject({ method: 'POST', body: '{"a":1}' })
    expect(seenHeaders('content-type')).toEqual(['application/json'])
    expect(seenHeaders('x-tag')).toEqual(['one', 'two'])
    expect(seenHeaders('__proto__')).toEqual(['a name like any other'])
    expect(seenHeaders('content-length')).toEqual(['7'])
    expect(seenHeaders('transfer-encoding')).toEqual([])
  })

  it.each(['DELETE', 'OPTIONS', 'PATCH', 'PROPFIND'])(
    'frames the body of %s by its length',
    async (method) => {
      await guest.fetch(`${server.origin}/echo`, { method, body: Buffer.from('1234') })
      expect(server.seen[0]).toMatchObject({ method, body: '1234' })
      expect(seenHeaders('content-length')).toEqual(['4'])
    },
  )

  it('says that a POST without body has none, and a GET nothing', async () => {
    await guest.fetch(`${server.origin}/echo`, { method: 'POST' })
    expect(seenHeaders('content-length')).toEqual(['0'])
    await guest.fetch(`${server.origin}/echo`)
    expect(seenHeaders('content-length')).toEqual([])
  })

  it('has the headers of a client where the guest sets none', async () => {
    await guest.fetch(`${server.origin}/echo`)
    expect(seenHeaders('accept')).toEqual(['*/*'])
    expect(seenHeaders('user-agent')).toEqual(['extism-ws'])
    expect(seenHeaders('accept-encoding')).toEqual(['gzip, br'])
    const headers = [
      ['Accept', 'text/html'],
      ['User-Agent', 'me/1'],
      ['Accept-Encoding', 'zstd'],
      ['Range', 'bytes=0-1'],
    ] as const
    await guest.fetch(`${server.origin}/echo`, { headers })
    expect(seenHeaders('accept')).toEqual(['text/html'])
    expect(seenHeaders('user-agent')).toEqual(['me/1'])
    expect(seenHeaders('accept-encoding')).toEqual(['identity'])
  })

  it('reports each Set-Cookie, and any status', async () => {
    const { head } = await guest.fetch(`${server.origin}/cookies`)
    expect(head?.headers.slice(0, 2)).toEqual([
      ['Set-Cookie', 'a=1; Path=/'],
      ['Set-Cookie', 'b=2'],
    ])
    const teapot = await guest.fetch(`${server.origin}/status?code=418&text=Teapot`)
    expect(teapot.head).toMatchObject({ status: 418, statusText: 'Teapot' })
    expect(teapot.end).toBe('end')
  })

  it.each([
    ['HEAD', '/hello', 200],
    ['HEAD', '/gzip', 200],
    ['GET', '/status?code=204', 204],
    ['GET', '/status?code=304', 304],
  ])('%s %s has no body to wait for', async (method, path, status) => {
    const { head, body, end } = await guest.fetch(`${server.origin}${path}`, { method })
    expect([head?.status, body.length, end]).toEqual([status, 0, 'end'])
  })

  it.each(['/gzip', '/br', '/deflate', '/twice'])('%s is decompressed', async (path) => {
    const { head, body } = await guest.fetch(`${server.origin}${path}`)
    expect(body.toString()).toBe('compressed')
    const names = head?.headers.map(([name]) => name.toLowerCase())
    expect(names).toContain('date')
    expect(names).not.toContain('content-encoding')
    expect(names).not.toContain('content-length')
  })

  it('keeps a body whose coding it does not know, and says which it is', async () => {
    const { head, body } = await guest.fetch(`${server.origin}/unknown-coding`)
    expect(body.toString()).toBe('pbzcerffrq')
    expect(head?.headers).toContainEqual(['Content-Encoding', 'rot13'])
  })

  it('takes an empty body for compressed', async () => {
    const { body, end } = await guest.fetch(`${server.origin}/empty-gzip`)
    expect([body.length, end]).toEqual([0, 'end'])
  })

  it('streams a body that is larger than everything that is buffered', async () => {
    const { body, end } = await guest.fetch(`${server.origin}/bytes?count=9000000`)
    expect([body.length, end]).toEqual([9_000_000, 'end'])
  })

  it('shares connections with those before it, and not with another session', async () => {
    for (let i = 0; i < 3; i++) await guest.fetch(`${server.origin}/hello`)
    expect(server.connected).toBe(1)
    using other = new Harness()
    await other.fetch(`${server.origin}/hello`)
    expect(server.connected).toBe(2)
  })

  it('goes over a new connection when the kept one has just been cut', async () => {
    await guest.fetch(`${server.origin}/hello`)
    const sent = guest.fetch(`${server.origin}/hello`)
    server.cut()
    expect((await sent).end).toBe('end')
    expect(server.connected).toBe(2)
  })

  it('may run beside others', async () => {
    const paths = ['/hello', '/gzip', '/bytes?count=300000', '/echo']
    const outcomes = await Promise.all(paths.map((path) => guest.fetch(`${server.origin}${path}`)))
    expect(outcomes.map(({ body }) => body.length)).toEqual([5, 10, 300_000, 0])
    expect(guest.client.requestCount).toBe(0)
  })

  it('ends although the server never reads all of it', async () => {
    const body = Buffer.alloc(8 * 2 ** 20)
    const outcome = await guest.fetch(`${server.origin}/deaf`, { method: 'POST', body })
    expect(outcome.body.toString()).toBe('no thanks')
    await server.idle()
  })
})
