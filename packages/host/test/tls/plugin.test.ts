import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { createPlugin, type Mode, type SocketOptions } from '../../src/index.js'
import { build } from '../build.js'
import { TestServer } from '../server.js'
import { Authority } from './authority.js'
import { SecureServer } from './secure-server.js'

const authority = new Authority('Authority of the test')
const ca = authority.cert
const modes: Mode[] = ['event', 'worker']

describe.each(modes)('a plugin in %s mode', (mode) => {
  let server: SecureServer
  beforeAll(async () => {
    server = await SecureServer.start(authority.issue({ name: 'good' }))
  })
  afterAll(() => server[Symbol.asyncDispose]())

  /** What the plugin gets to know of a connection. */
  const connect = async (
    url: string,
    sockets: SocketOptions,
    allowedHosts: readonly string[] = [],
  ): Promise<unknown> => {
    const { wasm } = await build('contract')
    const manifest = { wasm: [{ data: wasm }], allowedHosts }
    await using plugin = await createPlugin(manifest, { mode, sockets, logLevel: 'silent' })
    return (await plugin.call('refusal', JSON.stringify({ url })))?.json()
  }
  const open = { code: 'none', message: 'connected' }

  it("gets through with the integrator's CA, and without it the reason", async () => {
    const allow = ['wss://localhost:*']
    expect(await connect(server.origin, { allow, tls: { ca } })).toEqual(open)
    expect(await connect(server.origin, { allow })).toMatchObject({
      code: 'EWS_TLS',
      message: expect.stringContaining(
        'certificate not accepted (UNABLE_TO_VERIFY_LEAF_SIGNATURE)',
      ),
    })
  })

  it('reaches the hosts of its manifest, with TLS and in no other way', async () => {
    await using plain = await TestServer.start()
    const url = `ws://localhost:${plain.port}/echo`
    expect(await connect(server.origin, { tls: { ca } }, ['localhost'])).toEqual(open)
    expect(await connect(server.origin, { tls: { ca }, allowedHosts: ['localhost'] })).toEqual(open)
    expect(await connect(url, {}, ['localhost'])).toMatchObject({ code: 'EWS_DENIED' })
    expect(await connect(server.origin, { tls: { ca } }, ['*'])).toMatchObject({
      code: 'EWS_DENIED',
    })
    expect(plain.connections).toBe(0)
  })
})
