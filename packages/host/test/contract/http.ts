import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { createPlugin, type Plugin } from '../../src/index.js'
import { buildFile } from '../build.js'
import { TestHttpServer } from '../http-server.js'
import { hostedBy, named, type Hosting } from './hosting.js'

/** What holds for HTTP in every way of hosting, with the plugin's own `fetch`. */
export function httpContract(hosting: Hosting): void {
  describe(`HTTP: ${named(hosting)}`, () => {
    let server: TestHttpServer
    let plugin: Plugin

    const call = async (name: string, input: object): Promise<unknown> =>
      (await plugin.call(name, JSON.stringify(input)))?.json()
    const url = (path: string): string => `${server.origin}${path}`

    beforeAll(async () => {
      server = await TestHttpServer.start()
      plugin = await createPlugin(await buildFile('http', hosting.layer === 'portable'), {
        ...hostedBy(hosting),
        http: { allow: [server.origin], responseBytes: 3_000_000 },
        timeoutMs: 5000,
      })
    })

    afterAll(async () => {
      await plugin.close()
      expect(plugin.open).toEqual({ sockets: 0, calls: 0, requests: 0 })
      await server[Symbol.asyncDispose]()
    })

    it('sends a request with method, headers and body, and gets the response', async () => {
      expect(await call('post', { url: url('/echo'), body: 'héllo' })).toEqual({
        ...{ status: 200, ok: true, redirected: false, server: 'test' },
        ...{ method: 'POST', plugin: 'yes', body: 'héllo' },
      })
    })

    it('carries many requests at a time, and the plugin goes on meanwhile', async () => {
      expect(await call('many', { url: url('/slow?ms=30'), count: 40 })).toEqual({
        texts: ['slow'],
        count: 40,
        ticked: true,
      })
    })

    it('delivers a large body in parts', async () => {
      expect(await call('bytes', { url: url('/bytes?count=2000000') })).toEqual({
        count: 2_000_000,
        sum: true,
      })
    })

    it('gives a request up when its signal says so', async () => {
      expect(await call('aborted', { url: url('/never') })).toEqual({ name: 'TimeoutError' })
    })

    it('rejects with a TypeError whose cause has the code', async () => {
      expect(await call('failure', { url: 'http://127.0.0.1:9/' })).toEqual({
        name: 'TypeError',
        code: 'EWS_DENIED',
      })
      expect(await call('failure', { url: url('/reset') })).toEqual({
        name: 'TypeError',
        code: 'EWS_CONNECT',
      })
    })

    it('ends a body above the limit with an error', async () => {
      await expect(call('bytes', { url: url('/bytes?count=4000000') })).rejects.toMatchObject({
        code: 'EWS_LIMIT',
      })
    })

    it('tells the host of a request that nobody caught: code, and where in the source', async () => {
      const error: unknown = await call('uncaught', { url: 'http://127.0.0.1:9/' }).catch(
        (thrown: unknown) => thrown,
      )
      expect(error).toMatchObject({ code: 'EWS_DENIED', name: 'TypeError' })
      expect((error as Error).message).toMatch(/^fetch failed: "http:\/\/127\.0\.0\.1:9"/)
      expect((error as Error).stack).toMatch(/at uncaught \(.*http\.ts:\d+:\d+\)/)
    })
  })
}
