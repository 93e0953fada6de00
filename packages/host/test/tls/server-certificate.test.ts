import type { ServerOptions } from 'node:https'
import { afterEach, describe, expect, it } from 'vitest'

import { Authority, days, selfSigned } from './authority.js'
import { outcomeOf } from './client.js'
import { TestServer } from '../server.js'
import { SecureServer } from './secure-server.js'

const authority = new Authority('Authority of the test')
const ca = authority.cert
const good = authority.issue({ name: 'good' })

let server: SecureServer
const start = async (options: ServerOptions): Promise<void> => {
  server = await SecureServer.start(options)
}
afterEach(() => server[Symbol.asyncDispose]())

describe("a server's certificate", () => {
  it('that is valid opens the socket', async () => {
    await start(good)
    expect(await outcomeOf(server.origin, { ca })).toBe('open')
  })

  it.each([
    [
      'has expired',
      authority.issue({ name: 'old', from: days(-9), to: days(-2) }),
      'certificate not accepted (CERT_HAS_EXPIRED): certificate has expired; whoever runs the server must renew it',
    ],
    [
      'is not valid yet',
      authority.issue({ name: 'new', from: days(2), to: days(9) }),
      'certificate not accepted (CERT_NOT_YET_VALID): certificate is not yet valid; check the clock of this ' +
        'machine, or have whoever runs the server replace it',
    ],
    [
      'is for another name',
      authority.issue({ name: 'localhost', hosts: ['other.example'] }),
      "certificate not accepted (ERR_TLS_CERT_ALTNAME_INVALID): Hostname/IP does not match certificate's altnames: " +
        "Host: localhost. is not in the cert's altnames: DNS:other.example; connect by a name that the certificate has",
    ],
    [
      'was signed by nobody but itself',
      selfSigned({ name: 'localhost' }),
      'certificate not accepted (DEPTH_ZERO_SELF_SIGNED_CERT): self-signed certificate; if it should be trusted, ' +
        'the integrator adds its CA to `sockets.tls` (sockets) or to NODE_EXTRA_CA_CERTS (all)',
    ],
    [
      'was signed by a CA that is not trusted',
      new Authority('Another').issue({ name: 'localhost' }),
      'certificate not accepted (UNABLE_TO_VERIFY_LEAF_SIGNATURE): unable to verify the first certificate; if it ' +
        'should be trusted, the integrator adds its CA to `sockets.tls` (sockets) or to NODE_EXTRA_CA_CERTS (all)',
    ],
    [
      'was signed by a CA of the same name that is another one',
      new Authority('Authority of the test').issue({ name: 'localhost' }),
      'certificate not accepted (CERT_SIGNATURE_FAILURE): certificate signature failure',
    ],
  ])('that %s is not accepted', async (_what, identity, why) => {
    await start(identity)
    expect(await outcomeOf(server.origin, { ca })).toEqual({
      code: 'EWS_TLS',
      message: `${server.origin}/: ${why}`,
    })
    expect(server.paths).toEqual([])
  })

  it('is verified whatever the environment says', async () => {
    await start(selfSigned({ name: 'localhost' }))
    const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED']
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'
    try {
      expect(await outcomeOf(server.origin)).toMatchObject({ code: 'EWS_TLS' })
    } finally {
      if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED']
      else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before
    }
  })

  it("is not accepted by Node's own CAs when a plugin has no others", async () => {
    await start(good)
    expect(await outcomeOf(server.origin)).toMatchObject({ code: 'EWS_TLS' })
  })

  it('that signed itself is accepted where it is the CA', async () => {
    const own = selfSigned({ name: 'localhost' })
    await start(own)
    expect(await outcomeOf(server.origin, { ca: own.cert })).toBe('open')
  })
})

describe('ca', () => {
  const other = new Authority('Another').cert

  it('may be several, in one file or in many, as text or bytes', async () => {
    await start(good)
    for (const several of [[other, ca], `${other}\n${ca}`, [Buffer.from(other), Buffer.from(ca)]]) {
      expect(await outcomeOf(server.origin, { ca: several })).toBe('open')
    }
  })

  it('of a server holds for that server alone, instead of the others', async () => {
    await start(good)
    const elsewhere = { ca, servers: { localhost: { ca: other } } }
    expect(await outcomeOf(server.origin, elsewhere)).toMatchObject({ code: 'EWS_TLS' })
    expect(await outcomeOf(server.origin, { servers: { localhost: { ca } } })).toBe('open')
    expect(await outcomeOf(server.origin, { servers: { 'other.example': { ca } } })).toMatchObject({
      code: 'EWS_TLS',
    })
  })
})

describe('a server', () => {
  it('of TLS 1.1 is refused', async () => {
    const old = { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1' } as const
    await start({ ...good, ...old, ciphers: 'DEFAULT@SECLEVEL=0' })
    const outcome = await outcomeOf(server.origin, { ca })
    expect(outcome).toEqual({
      code: 'EWS_TLS',
      message:
        `${server.origin}/: the TLS handshake failed (ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION): ` +
        'tlsv1 alert protocol version; the server must have TLS 1.2 or newer',
    })
  })

  it('that speaks no TLS is refused', async () => {
    await using plain = await TestServer.start()
    const url = `wss://127.0.0.1:${plain.port}/`
    expect(await outcomeOf(url)).toEqual({
      code: 'EWS_TLS',
      message:
        `${url}: the TLS handshake failed (ERR_SSL_WRONG_VERSION_NUMBER): wrong version number; ` +
        'the server does not speak TLS on this port',
    })
  })

  it('of TLS 1.2 is reached', async () => {
    await start({ ...good, maxVersion: 'TLSv1.2' })
    expect(await outcomeOf(server.origin, { ca })).toBe('open')
  })

  it('that redirects is not followed', async () => {
    await start(good)
    await using target = await SecureServer.start(good)
    const path = `/redirect?${encodeURIComponent(`${target.origin}/secret`)}`
    expect(await outcomeOf(`${server.origin}${path}`, { ca })).toEqual({
      code: 'EWS_HANDSHAKE',
      message: `${server.origin}${path} answered the opening handshake with HTTP status 302, not 101`,
    })
    expect(target.seen).toEqual([])
  })
})

describe('verify: false', () => {
  it('believes whoever answers, on the host that is named and on no other', async () => {
    await start(selfSigned({ name: 'other.example', to: days(-0.5) }))
    const { port } = server
    const off = { verify: false }
    expect(await outcomeOf(server.origin, { servers: { localhost: off } })).toBe('open')
    expect(await outcomeOf(server.origin, { servers: { [`localhost:${port}`]: off } })).toBe('open')
    for (const key of ['other.example', `localhost:${port + 1}`]) {
      const outcome = await outcomeOf(server.origin, { servers: { [key]: off } })
      expect(outcome).toMatchObject({ code: 'EWS_TLS' })
    }
  })
})
