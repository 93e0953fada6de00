import { describe, expect, it, test } from 'vitest'

import { followRedirect, redirectTarget } from '../../src/http/redirect.js'
import { Harness } from './harness.js'
import { HttpServer } from './server.js'

const from = new URL('https://a.example/start')

describe('what a redirect makes of a request', () => {
  test.each([
    [301, 'GET', 'GET'],
    [301, 'POST', 'GET'],
    [301, 'PUT', 'PUT'],
    [301, 'HEAD', 'HEAD'],
    [302, 'POST', 'GET'],
    [302, 'DELETE', 'DELETE'],
    [303, 'POST', 'GET'],
    [303, 'PUT', 'GET'],
    [303, 'HEAD', 'HEAD'],
    [307, 'POST', 'POST'],
    [308, 'POST', 'POST'],
  ])('%i turns %s into %s', (status, method, expected) => {
    const body = Buffer.from('x')
    const headers = [
      ['Content-Type', 'text/plain'],
      ['x-tag', 'a'],
    ] as const
    const hop = followRedirect({ method, url: '', headers, body }, status, from, from)
    expect(hop.method).toBe(expected)
    const names = hop.headers.map(([name]) => name)
    if (expected === method) {
      expect([names, hop.body.length]).toEqual([['Content-Type', 'x-tag'], 1])
    } else {
      expect([names, hop.body.length]).toEqual([['x-tag'], 0])
    }
  })

  test.each([
    ['https://a.example/other', ['Authorization', 'cookie', 'X-Key']],
    ['https://a.example:443/', ['Authorization', 'cookie', 'X-Key']],
    ['https://b.example/', ['X-Key']],
    ['https://a.example:8443/', ['X-Key']],
    ['http://a.example/start', ['X-Key']],
  ])('the credentials of %s are %j', (target, expected) => {
    const headers = ['Authorization', 'cookie', 'X-Key'].map((name) => [name, 'x'] as const)
    const hop = { method: 'GET', url: from.href, headers, body: new Uint8Array(0) }
    const next = followRedirect(hop, 302, from, new URL(target))
    expect(next.headers.map(([name]) => name)).toEqual(expected)
  })

  test.each([
    [200, '/x', undefined],
    [300, '/x', undefined],
    [304, '/x', undefined],
    [302, undefined, undefined],
    [302, '', 'https://a.example/start'],
    [302, '/x', 'https://a.example/x'],
    [308, '//b.example', 'https://b.example/'],
    [301, 'file:///etc/passwd', 'file:///etc/passwd'],
  ])('status %i with the location %j leads to %s', (status, location, target) => {
    expect(redirectTarget(status, location, from)?.href).toBe(target)
  })

  test('a location that is no URL is an error with the place', () => {
    expect(() => redirectTarget(302, 'http://[', from)).toThrow(
      'https://a.example/start redirects to "http://[", which is not a URL',
    )
  })
})

describe('a request that is redirected', () => {
  const to = (origin: string, code: number, target: string): string =>
    `${origin}/redirect?code=${code}&to=${encodeURIComponent(target)}`

  it('ends at the target, and says that it was redirected', async () => {
    await using server = await HttpServer.start()
    using guest = new Harness()
    const first = to(server.origin, 302, to('', 307, '/hello'))
    const { head, body } = await guest.fetch(first)
    expect(head).toMatchObject({ status: 200, url: `${server.origin}/hello`, redirected: true })
    expect(body.toString()).toBe('hello')
    expect(guest.events.filter(({ type }) => type === 'response')).toHaveLength(1)
  })

  it('keeps its body with 307, and loses it with 303', async () => {
    await using server = await HttpServer.start()
    using guest = new Harness()
    const request = { method: 'POST', body: Buffer.from('data') }
    await guest.fetch(to(server.origin, 307, '/echo'), request)
    expect(server.seen.at(-1)).toMatchObject({ method: 'POST', url: '/echo', body: 'data' })
    await guest.fetch(to(server.origin, 303, '/echo'), request)
    expect(server.seen.at(-1)).toMatchObject({ method: 'GET', url: '/echo', body: '' })
  })

  it('does not take credentials to another origin', async () => {
    await using server = await HttpServer.start()
    await using other = await HttpServer.start()
    using guest = new Harness({ policy: { allowCredentialHeaders: true } })
    const headers = [['authorization', 'secret']] as const
    await guest.fetch(to(server.origin, 302, `${other.origin}/hello`), { headers })
    expect(server.seen[0]?.headers).toContain('secret')
    expect(other.seen[0]?.headers).not.toContain('secret')
  })

  it('shows the redirect itself with manual', async () => {
    await using server = await HttpServer.start()
    using guest = new Harness()
    const url = to(server.origin, 302, 'http://not.allowed/')
    const { head, body, end } = await guest.fetch(url, { redirect: 'manual' })
    expect(head).toMatchObject({ status: 302, url, redirected: false })
    expect(head?.headers).toContainEqual(['Location', 'http://not.allowed/'])
    expect([body.toString(), end]).toEqual(['moved', 'end'])
  })

  it('fails with error', async () => {
    await using server = await HttpServer.start()
    using guest = new Harness()
    const { end, message } = await guest.fetch(to(server.origin, 302, '/hello'), {
      redirect: 'error',
    })
    expect(end).toBe('EWS_DENIED')
    expect(message).toBe(
      `${server.origin}/redirect redirects (302) to ${server.origin}/hello, and the request says redirect: "error"`,
    )
    expect(server.seen).toHaveLength(1)
  })

  it.each([
    ['http://other.example/', 'EWS_DENIED', '"http://other.example:80" is not on the allow list'],
    ['http://127.0.0.2/', 'EWS_DENIED', '"http://127.0.0.2:80" is not on the allow list'],
    ['http://169.254.169.254/latest', 'EWS_DENIED', 'must be named as it is'],
    ['http://u:p@127.0.0.1/', 'EWS_BAD_URL', 'has a user name or password'],
    ['file:///etc/passwd', 'EWS_BAD_URL', 'scheme "file:" is not for HTTP requests'],
    ['http://[', 'EWS_PROTOCOL', 'redirects to "http://[", which is not a URL'],
  ])('to %s fails with %s', async (target, code, part) => {
    await using server = await HttpServer.start()
    using guest = new Harness()
    const { end, message } = await guest.fetch(to(server.origin, 302, target))
    expect(end).toBe(code)
    expect(message).toContain(`${server.origin}/redirect redirects`)
    expect(message).toContain(part)
  })

  it('for ever fails at the limit', async () => {
    await using server = await HttpServer.start()
    using guest = new Harness({ limits: { redirects: 5 } })
    const { end, message } = await guest.fetch(`${server.origin}/loop`)
    expect(end).toBe('EWS_LIMIT')
    expect(message).toContain('after 5 redirects; http.redirects allows 5')
    expect(server.seen).toHaveLength(6)
  })

  it('is not when the limit is 0', async () => {
    await using server = await HttpServer.start()
    using guest = new Harness({ limits: { redirects: 0 } })
    expect((await guest.fetch(`${server.origin}/loop`)).end).toBe('EWS_LIMIT')
    expect(server.seen).toHaveLength(1)
  })
})
