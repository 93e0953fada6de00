import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'

import { createPlugin, type Plugin, type PluginOptions } from '../../src/index.js'
import { buildFile } from '../build.js'
import { TestHttpServer } from '../http-server.js'
import { hostedBy, named, type Hosting } from './hosting.js'

/** What holds for js-pdk's synchronous `Http.request`: in `event` mode, that it cannot be. */
export function httpSyncContract(hosting: Hosting): void {
  const waits = hosting.mode === 'worker' || hosting.mode === 'jspi'
  describe(`HTTP that is waited for: ${named(hosting)}`, () => {
    let server: TestHttpServer
    let file: string
    let plugin: Plugin

    const create = (options: PluginOptions = {}): Promise<Plugin> =>
      createPlugin(file, {
        ...hostedBy(hosting),
        http: { allow: [server.origin], responseBytes: 3_000_000 },
        timeoutMs: 5000,
        ...options,
      })
    const call = async (name: string, input: object, on = plugin): Promise<unknown> =>
      (await on.call(name, JSON.stringify(input)))?.json()
    const url = (path: string): string => `${server.origin}${path}`

    beforeAll(async () => {
      server = await TestHttpServer.start()
      file = await buildFile('http-sync', hosting.layer === 'portable')
      plugin = await create()
    })
    afterEach(async () => {
      expect((await plugin.call('healthy'))?.text()).toBe('healthy')
      expect(plugin.restarts).toBe(0)
      expect(plugin.open).toEqual({ sockets: 0, requests: 0, calls: 0 })
    })
    afterAll(async () => {
      await plugin.close()
      await server[Symbol.asyncDispose]()
    })

    it.runIf(!waits)('says that it cannot wait, and what can be done about it', async () => {
      const { code, message } = (await call('failure', { url: url('/text') })) as {
        code: string
        message: string
      }
      expect(code).toBe('EWS_WOULD_BLOCK')
      expect(message).toMatch(/`await fetch\(…\)`.*'worker' or 'jspi'/)
    })

    it.runIf(!waits)('tells the host the same, where nobody caught it', async () => {
      const refused = call('request', { url: url('/text') })
      await expect(refused).rejects.toMatchObject({ code: 'EWS_WOULD_BLOCK' })
      await expect(refused).rejects.toThrow(/cannot/)
    })

    it.runIf(waits)('tells status, body and headers', async () => {
      expect(await call('request', { url: url('/text') })).toEqual({
        status: 200,
        body: 'héllo',
        headers: expect.objectContaining({ 'x-server': 'test', 'content-length': '6' }),
      })
      expect(await call('request', { url: url('/nowhere') })).toMatchObject({
        status: 404,
        body: 'not here',
      })
    })

    it.runIf(waits)('sends method, headers and body', async () => {
      const asked = { method: 'post', headers: { 'X-Plugin': 'yes' }, body: 'héllo' }
      const { body } = (await call('request', { url: url('/echo'), ...asked })) as { body: string }
      expect(JSON.parse(body)).toEqual({ method: 'POST', plugin: 'yes', body: 'héllo' })
    })

    it.runIf(waits)('sends bytes as they are', async () => {
      const sent = Buffer.from(Array.from({ length: 256 }, (_, i) => i)).toString('hex')
      expect((await plugin.call('bytes', JSON.stringify({ url: url('/raw') })))?.text()).toBe(sent)
    })

    it.runIf(waits)('tells an empty body, and headers that are there several times', async () => {
      const answer = await call('request', { url: url('/cookies') })
      expect(answer).toMatchObject({ status: 200, body: '', headers: { 'set-cookie': 'a=1, b=2' } })
    })

    it.runIf(waits)('carries a large body', async () => {
      expect(await call('length', { url: url('/bytes?count=2900000') })).toBe(2_900_000)
    })

    it.runIf(waits)('can be made again and again in one call', async () => {
      expect(await call('many', { url: url('/text') })).toEqual(['héllo'])
    })

    it.runIf(waits)('follows a redirect', async () => {
      expect(await call('request', { url: url('/redirect') })).toMatchObject({
        status: 200,
        body: 'héllo',
      })
    })

    it.runIf(waits).each([
      ['a URL that is not allowed', () => 'http://127.0.0.1:9/', 'EWS_DENIED'],
      ['a redirect to one', () => url('/away'), 'EWS_DENIED'],
      ['what is no URL', () => 'nonsense', 'EWS_BAD_URL'],
      ['a response above the limit', () => url('/bytes?count=4000000'), 'EWS_LIMIT'],
      ['a server that cuts the connection', () => url('/reset'), 'EWS_CONNECT'],
      ['one that does so in the middle of the body', () => url('/half'), 'EWS_CONNECT'],
    ])('throws the reason for %s', async (_name, target, code) => {
      const failure = await call('failure', { url: target() })
      expect(failure).toMatchObject({ code, name: 'EwsError' })
    })

    it.runIf(waits).each([
      ['a header that is the host’s', { headers: { Host: 'other' } }, 'EWS_DENIED'],
      ['a forbidden method', { method: 'TRACE' }, 'EWS_DENIED'],
      ['what is no method', { method: 'a b' }, 'EWS_BAD_REQUEST'],
    ])('throws the reason for %s', async (_name, asked, code) => {
      expect(await call('failure', { url: url('/text'), ...asked })).toMatchObject({ code })
    })

    it.runIf(waits)('gives up when the server takes too long', async () => {
      const http = { allow: [server.origin], timeoutMs: 30 }
      const hasty = await create({ http })
      const failure = await call('failure', { url: url('/never') }, hasty)
      expect(failure).toMatchObject({
        code: 'EWS_TIMEOUT',
        message: expect.stringContaining('http.timeoutMs'),
      })
      expect((await hasty.call('healthy'))?.text()).toBe('healthy')
      await hasty.close()
    })

    it.runIf(waits)('does not count against the time limit', async () => {
      const strict = await create({ timeoutMs: 100 })
      expect(await call('request', { url: url('/slow?ms=300') }, strict)).toMatchObject({
        body: 'slow',
      })
      await expect(strict.call('busy')).rejects.toMatchObject({ code: 'EWS_TIMEOUT' })
      expect((await strict.call('healthy'))?.text()).toBe('healthy')
      expect(strict.restarts).toBe(0)
      await strict.close()
    })

    it.runIf(waits)('lets asynchronous requests go on behind it', async () => {
      expect(await call('between', { url: url('/slow?ms=10') })).toEqual([
        'requested slow',
        'fetched slow',
      ])
    })

    it.runIf(waits)(
      'fails where as many are under way as may be: it would wait for itself',
      async () => {
        const narrow = await create({ http: { allow: [server.origin], requests: 2 } })
        const crowd = narrow.call('crowd', JSON.stringify({ url: url('/never') }))
        await vi.waitFor(() => expect(narrow.open.requests).toBe(2))
        const answer = await call('failure', { url: url('/text') }, narrow)
        expect(answer).toMatchObject({ code: 'EWS_LIMIT' })
        await narrow.call('disperse')
        await crowd
        expect(await call('request', { url: url('/text') }, narrow)).toMatchObject({ status: 200 })
        await narrow.close()
      },
    )

    it.runIf(waits)('ends when the plugin is disposed', async () => {
      const doomed = await create()
      const pending = call('request', { url: url('/never') }, doomed)
      const outcome = expect(pending).rejects.toMatchObject({ code: 'EWS_DISPOSED' })
      await vi.waitFor(() => expect(doomed.open.requests).toBe(1))
      await doomed.close()
      await outcome
      expect(doomed.open).toEqual({ sockets: 0, requests: 0, calls: 0 })
    })

    it.runIf(waits)('lets other calls follow, one by one', async () => {
      const answers = await Promise.all([
        call('length', { url: url('/slow?ms=20') }),
        call('length', { url: url('/text') }),
      ])
      expect(answers).toEqual([4, 5])
    })
  })
}
