import { afterEach, describe, expect, it } from 'vitest'

import type { TlsServerOptions } from '../../src/tls/index.js'
import { selfSigned as archived, selfSignedPfx } from '../http/certificate.js'
import { Authority, encrypted } from './authority.js'
import { outcomeOf } from './client.js'
import { SecureServer } from './secure-server.js'

const authority = new Authority('Authority of the test')
const clients = new Authority('Authority of clients')
const plugin = clients.issue({ name: 'plugin' })
const ca = authority.cert
const good = authority.issue({ name: 'good' })

let server: SecureServer
const start = async (maxVersion: 'TLSv1.2' | 'TLSv1.3' = 'TLSv1.3'): Promise<void> => {
  const trusted = [clients.cert, archived.cert]
  server = await SecureServer.start({
    ...good,
    maxVersion,
    requestCert: true,
    rejectUnauthorized: true,
    ca: trusted,
  })
}
const connect = (options?: TlsServerOptions, key = 'localhost') =>
  outcomeOf(server.origin, { ca, ...(options && { servers: { [key]: options } }) })
afterEach(() => server[Symbol.asyncDispose]())

describe('a server that wants a client certificate', () => {
  it.each([
    ['a certificate and its key', plugin],
    ['both as bytes', { cert: Buffer.from(plugin.cert), key: Buffer.from(plugin.key) }],
    ['an encrypted key', { ...plugin, key: encrypted(plugin.key, 'secret'), passphrase: 'secret' }],
  ])('gets it from %s', async (_what, options) => {
    await start()
    expect(await connect(options)).toBe('open')
    expect(server.clients).toEqual(['plugin'])
  })

  it('gets it from a PKCS #12 archive', async () => {
    await start()
    expect(await connect({ pfx: selfSignedPfx, passphrase: 'secret' })).toBe('open')
    expect(server.clients).toEqual(['127.0.0.1'])
  })

  it('refuses a plugin that has none', async () => {
    await start('TLSv1.2')
    expect(await connect()).toEqual({
      code: 'EWS_TLS',
      message:
        `${server.origin}/: the TLS handshake failed (ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE): sslv3 alert handshake ` +
        'failure; the server may want a client certificate, or another one: see `sockets.tls.servers`',
    })
    expect(server.paths).toEqual([])
  })

  it.each([
    ['without one', undefined],
    ['with one of a CA that it does not trust', new Authority('Another').issue({ name: 'other' })],
  ])('opens no socket of a plugin %s, in TLS 1.2 and 1.3', async (_what, options) => {
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      await start(version)
      // Node's server hangs up at once, often before its client has read why.
      const outcome = await connect(options)
      expect(outcome).toMatchObject({ code: expect.stringMatching(/^EWS_(TLS|CONNECT)$/) })
      expect(server.paths).toEqual([])
      await server[Symbol.asyncDispose]()
    }
  })

  it('does not get that of another server', async () => {
    await start('TLSv1.2')
    expect(await connect(plugin, 'other.example')).toMatchObject({ code: 'EWS_TLS' })
    expect(await connect(plugin, `localhost:${server.port + 1}`)).toMatchObject({ code: 'EWS_TLS' })
    expect(server.clients).toEqual([])
  })
})

describe('servername', () => {
  it('is the host of the URL unless it is set', async () => {
    await start()
    await connect(plugin)
    expect(server.seen.map(({ servername }) => servername)).toEqual(['localhost'])
  })

  it('is what the server is asked for, and what its certificate must be for', async () => {
    server = await SecureServer.start(authority.issue({ name: 'inner', hosts: ['inner.example'] }))
    expect(await connect({ servername: 'inner.example' })).toBe('open')
    expect(await connect({ servername: 'other.example' })).toMatchObject({
      code: 'EWS_TLS',
      message: expect.stringContaining("Host: other.example. is not in the cert's altnames"),
    })
    expect(server.seen.map(({ servername }) => servername)).toEqual(['inner.example'])
  })
})
