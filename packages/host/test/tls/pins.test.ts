import { X509Certificate } from 'node:crypto'
import { afterEach, describe, expect, it } from 'vitest'

import { fingerprintsOf } from '../../src/tls/pin.js'
import { Authority, selfSigned } from './authority.js'
import { outcomeOf } from './client.js'
import { SecureServer } from './secure-server.js'

const authority = new Authority('Authority of the test')
const ca = authority.cert
const current = authority.issue({ name: 'current' })
const previous = authority.issue({ name: 'previous' })
const pinsOf = ({ cert }: { cert: string }) => fingerprintsOf(new X509Certificate(cert).raw)
const [own, ownKey] = pinsOf(current)
const [revoked, revokedKey] = pinsOf(previous)
const withColons = new X509Certificate(current.cert).fingerprint256

let server: SecureServer
const connect = (fingerprints: string | string[], key = 'localhost') =>
  outcomeOf(server.origin, { ca, servers: { [key]: { fingerprints } } })
afterEach(() => server[Symbol.asyncDispose]())

describe('a pinned server', () => {
  it.each([
    ['its certificate, with colons', withColons],
    ['its certificate, in capitals', own.toUpperCase()],
    ['its certificate, in small letters', own],
    ['its public key', ownKey],
    ['its certificate, besides the one before', [revoked, own]],
    ['its public key, besides a certificate', [revoked, ownKey]],
  ])('opens the socket by %s', async (_what, fingerprints) => {
    server = await SecureServer.start(current)
    expect(await connect(fingerprints)).toBe('open')
  })

  it('with a revoked pin is refused, with what was expected and what came', async () => {
    server = await SecureServer.start(current)
    expect(await connect([revoked, revokedKey])).toEqual({
      code: 'EWS_TLS',
      message:
        `${server.origin} has a certificate that is not pinned: expected ${revoked} or ${revokedKey}, got ${own} ` +
        `(public key ${ownKey}); if it was renewed on purpose, the integrator adds it to ` +
        'sockets.tls.servers["localhost"].fingerprints',
    })
    expect(server.paths).toEqual([])
  })

  it('is not helped by a pin of its CA', async () => {
    server = await SecureServer.start({ ...current, ca, cert: `${current.cert}${ca}` })
    expect(await connect(pinsOf({ cert: ca }))).toMatchObject({ code: 'EWS_TLS' })
  })

  it('must be trusted all the same', async () => {
    const lonely = selfSigned({ name: 'localhost' })
    server = await SecureServer.start(lonely)
    expect(await connect(pinsOf(lonely))).toMatchObject({
      code: 'EWS_TLS',
      message: expect.stringContaining('SELF_SIGNED_CERT'),
    })
    const fingerprints = pinsOf(lonely)
    const trusted = { servers: { localhost: { ca: lonely.cert, fingerprints } } }
    expect(await outcomeOf(server.origin, trusted)).toBe('open')
  })

  it('must have the right name all the same', async () => {
    const other = authority.issue({ name: 'other', hosts: ['other.example'] })
    server = await SecureServer.start(other)
    expect(await connect(pinsOf(other))).toMatchObject({
      code: 'EWS_TLS',
      message: expect.stringContaining('ERR_TLS_CERT_ALTNAME_INVALID'),
    })
  })

  it('is pinned on its own port only, if the entry has one', async () => {
    server = await SecureServer.start(current)
    expect(await connect(revoked, `localhost:${server.port + 1}`)).toBe('open')
    expect(await connect(revoked, `localhost:${server.port}`)).toMatchObject({ code: 'EWS_TLS' })
  })

  it('is pinned however its name is written', async () => {
    server = await SecureServer.start(current)
    const tls = { ca, servers: { 'LocalHost.': { fingerprints: revoked } } }
    expect(await outcomeOf(`wss://LOCAL%48ost:${server.port}/`, tls)).toMatchObject({
      code: 'EWS_TLS',
      message: expect.stringContaining('not pinned'),
    })
  })

  it('resumes no session, of which the certificate would not be looked at', async () => {
    server = await SecureServer.start({ ...current, ...{ maxVersion: 'TLSv1.2' } })
    expect(await connect(own)).toBe('open')
    expect(await connect(revoked)).toMatchObject({ code: 'EWS_TLS' })
    expect(await connect(own)).toBe('open')
    expect(server.seen.map(({ resumed }) => resumed)).not.toContain(true)
  })
})
