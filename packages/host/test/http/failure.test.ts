import { createServer, isIPv6, type AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import type { Resolve } from '../../src/policy/lookup.js'
import { Harness } from './harness.js'
import { HttpServer } from './server.js'

const resolvesTo =
  (...addresses: string[]): Resolve =>
  (_name, _options, callback) =>
    callback(
      null,
      addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 })),
    )

describe('an HTTP request that is refused', () => {
  const guest = new Harness({ policy: { allow: ['http://127.0.0.1:*', 'https://*'] } })

  it.each([
    ['', 'EWS_BAD_URL', '"" is not an absolute URL; pass a http:// or https:// URL'],
    ['/path', 'EWS_BAD_URL', '"/path" is not an absolute URL'],
    ['http://', 'EWS_BAD_URL', 'is not an absolute URL'],
    ['ws://127.0.0.1/', 'EWS_BAD_URL', 'scheme "ws:" is not for HTTP requests'],
    ['data:text/plain,x', 'EWS_BAD_URL', 'scheme "data:"'],
    ['http://u:secret@127.0.0.1/', 'EWS_BAD_URL', 'has a user name or password: use headers'],
    ['http://example.com/', 'EWS_DENIED', '"http://example.com:80" is not on the allow list'],
    ['http://127.0.0.2:80/', 'EWS_DENIED', 'the integrator can add it to `http.allow`'],
    ['https://10.0.0.1/', 'EWS_DENIED', 'an address that is not public must be named as it is'],
    ['https://[::1]/', 'EWS_DENIED', 'must be named as it is'],
    ['https://example.com:8443/', 'EWS_DENIED', '"https://example.com:8443" is not on'],
  ])('for the URL %j fails with %s', async (url, code, part) => {
    const { end, message, head } = await guest.fetch(url)
    expect([end, head]).toEqual([code, undefined])
    expect(message).toContain(part)
    expect(message).not.toContain('secret')
  })

  it.each([
    ['Host', 'x'],
    ['connection', 'close'],
    ['Content-Length', '5'],
    ['Transfer-Encoding', 'chunked'],
    ['Expect', '100-continue'],
    ['Upgrade', 'h2c'],
    ['HTTP2-Settings', 'x'],
    ['Proxy-Authorization', 'x'],
    ['Cookie', 'a=b'],
    ['Authorization', 'Bearer secret'],
    ['X-Injected', 'a\r\nHost: evil'],
    ['X\r\nY', 'z'],
    ['', 'z'],
  ])('for the header %j: %j fails with EWS_DENIED', async (name, value) => {
    const { end, message } = await guest.fetch('http://127.0.0.1:2/', { headers: [[name, value]] })
    expect(end).toBe('EWS_DENIED')
    expect(message).toContain(`header ${JSON.stringify(name)} may not be sent`)
    expect(message).not.toContain('secret')
  })

  it.each([
    ['CONNECT', 'EWS_DENIED', 'the method "CONNECT" may not be used by plugins'],
    ['trace', 'EWS_DENIED', 'the method "TRACE"'],
    ['Track', 'EWS_DENIED', 'the method "TRACK"'],
    ['', 'EWS_BAD_REQUEST', '"" is not a method'],
    ['GET / HTTP/1.1\r\nX: ', 'EWS_BAD_REQUEST', 'is not a method'],
  ])('for the method %j fails with %s', async (method, code, part) => {
    const { end, message } = await guest.fetch('http://127.0.0.1:2/', { method })
    expect(end).toBe(code)
    expect(message).toContain(part)
  })

  it.each(['GET', 'get', 'HEAD'])('for a %s with a body says what to use', async (method) => {
    const body = Buffer.from('x')
    const { end, message } = await guest.fetch('http://127.0.0.1:2/', { method, body })
    expect(end).toBe('EWS_BAD_REQUEST')
    expect(message).toContain('cannot have a body, this one has 1 bytes: use "POST"')
  })

  it('for whatever is no request at all is answered all the same', () => {
    expect(guest.client.start(1000, new Uint8Array([1, 0, 0, 0, 0xff]))).toBe(true)
    expect(guest.events.at(-1)).toMatchObject({
      type: 'failed',
      request: 1000,
      error: { code: 'EWS_BAD_REQUEST' },
    })
  })
})

describe('a name', () => {
  it.each([['127.0.0.1'], ['10.0.0.1'], ['::1'], ['169.254.169.254'], ['8.8.8.8', '127.0.0.1']])(
    'that resolves to %s is refused, and no byte reaches a server',
    async (...addresses) => {
      await using server = await HttpServer.start()
      using guest = new Harness({
        policy: { allow: ['http://*.example:*'] },
        resolve: resolvesTo(...addresses),
      })
      const { end, message } = await guest.fetch(`http://api.example:${server.port}/hello`)
      expect(end).toBe('EWS_DENIED')
      expect(message).toContain('"api.example" resolves to')
      expect(message).toContain('name that address in `http.allow`')
      expect(server.connected).toBe(0)
    },
  )

  it('is looked up for each connection, and what was checked is connected to', async () => {
    await using server = await HttpServer.start()
    const addresses = ['127.0.0.1', '8.8.8.8']
    const resolve: Resolve = (name, options, callback) =>
      resolvesTo(addresses.shift() ?? '10.0.0.1')(name, options, callback)
    using guest = new Harness({ resolve })
    const { end } = await guest.fetch(`http://localhost:${server.port}/hello`)
    expect(end).toBe('end')
    expect(addresses).toEqual(['8.8.8.8'])
  })

  it('without an address is EWS_CONNECT', async () => {
    using guest = new Harness({ policy: { allow: ['http://*'] }, resolve: resolvesTo() })
    const { end, message } = await guest.fetch('http://nowhere.example/')
    expect([end, message]).toEqual(['EWS_CONNECT', 'cannot resolve "nowhere.example": no address'])
  })
})

describe('a server that', () => {
  let server: HttpServer
  let guest: Harness

  beforeEach(async () => {
    server = await HttpServer.start()
    guest = new Harness({ limits: { responseBytes: 1_000_000 } })
  })
  afterEach(async () => {
    guest.client.dispose()
    await server[Symbol.asyncDispose]()
  })

  const raw = (bytes: string): string => `${server.origin}/raw?bytes=${encodeURIComponent(bytes)}`

  it('is not there: EWS_CONNECT', async () => {
    const closed = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => closed.once('listening', resolve))
    const { port } = closed.address() as AddressInfo
    await new Promise((resolve) => closed.close(resolve))
    const { end, message } = await guest.fetch(`http://127.0.0.1:${port}/?token=secret`)
    expect(end).toBe('EWS_CONNECT')
    expect(message).toContain(`cannot connect to http://127.0.0.1:${port}/: connect ECONNREFUSED`)
    expect(message).not.toContain('secret')
  })

  it.each(['/silent', '/drip'])('never finishes (%s): EWS_TIMEOUT', async (path) => {
    using hasty = new Harness({ limits: { timeoutMs: 150 } })
    const { end, message } = await hasty.fetch(`${server.origin}${path}`)
    expect(end).toBe('EWS_TIMEOUT')
    expect(message).toBe(
      `${server.origin}${path} did not answer completely within 150 ms (http.timeoutMs)`,
    )
    await server.idle()
  })

  it.each(['/bytes?count=1500000', '/announce?count=1500000', '/bomb'])(
    'sends too much (%s): EWS_LIMIT, and is cut',
    async (path) => {
      const { end, message, body } = await guest.fetch(`${server.origin}${path}`)
      expect(end).toBe('EWS_LIMIT')
      expect(message).toContain('http.responseBytes allows 1000000')
      expect(body.length).toBeLessThanOrEqual(1_000_000)
      // The bomb itself is short, and over when it bursts: its connection may be used again.
      if (path !== '/bomb') await server.idle()
    },
  )

  it.each([
    ['/reset', 'EWS_CONNECT', 'was lost before the response was complete'],
    ['/half', 'EWS_CONNECT', 'was lost before the response was complete'],
    ['/half-gzip', 'EWS_CONNECT', 'was lost before the response was complete'],
    ['/not-gzip', 'EWS_PROTOCOL', 'sent a body that is not in its content-encoding'],
  ])('breaks off (%s): %s', async (path, code, part) => {
    const { end, message } = await guest.fetch(`${server.origin}${path}`)
    expect(end).toBe(code)
    expect(message).toContain(part)
    expect(guest.events.at(-1)?.type).toBe('failed')
  })

  it.each([
    ['this is not HTTP\r\n\r\n', 'EWS_PROTOCOL'],
    ['HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx', 'EWS_PROTOCOL'],
    ['HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n', 'EWS_PROTOCOL'],
    [
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n',
      'EWS_CONNECT',
    ],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n', 'EWS_PROTOCOL'],
    ['', 'EWS_CONNECT'],
  ])('answers %j: %s', async (bytes, code) => {
    const { end } = await guest.fetch(raw(bytes))
    expect(end).toBe(code)
  })

  it('answers with endless headers: EWS_LIMIT', async () => {
    const bytes = `HTTP/1.1 200 OK\r\n${'X-Long: yes\r\n'.repeat(10_000)}\r\n`
    const flood = createServer((socket) =>
      socket
        .on('error', () => {})
        .resume()
        .end(bytes),
    )
    await new Promise<void>((resolve) => flood.listen(0, '127.0.0.1', resolve))
    const { port } = flood.address() as AddressInfo
    const { end, message } = await guest.fetch(`http://127.0.0.1:${port}/`)
    expect([end, message]).toEqual([
      'EWS_LIMIT',
      `http://127.0.0.1:${port}/ sent headers above 64 KiB`,
    ])
    await new Promise((resolve) => flood.close(resolve))
  })

  it('has a certificate that nobody signed: EWS_TLS, even if the environment says otherwise', async () => {
    await using secure = await HttpServer.start(true)
    const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED']
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'
    try {
      const { end, message } = await guest.fetch(`${secure.origin}/hello`)
      expect(end).toBe('EWS_TLS')
      expect(message).toContain('certificate not accepted (DEPTH_ZERO_SELF_SIGNED_CERT)')
      expect(secure.seen).toEqual([])
    } finally {
      if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED']
      else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before
    }
  })
})
