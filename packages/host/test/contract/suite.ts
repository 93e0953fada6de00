import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'

import type { Plugin, PluginOptions } from '../../src/index.js'
import { createPlugin, EwsError } from '../../src/index.js'
import { buildFile } from '../build.js'
import { TestServer } from '../server.js'
import { hostedBy, named, type Hosting } from './hosting.js'

/** What holds for every way of hosting: run against each. */
export function contractSuite(hosting: Hosting): void {
  describe(`sockets: ${named(hosting)}`, () => {
    let server: TestServer
    let file: string
    let plugin: Plugin

    const create = (options: PluginOptions = {}): Promise<Plugin> =>
      createPlugin(file, {
        ...hostedBy(hosting),
        sockets: { allow: ['ws://127.0.0.1:*', 'ws://nowhere.invalid:*'] },
        timeoutMs: 5000,
        // Failures of sockets are what this is about.
        logLevel: 'error',
        ...options,
      })
    const call = async (name: string, input: object, on = plugin): Promise<unknown> =>
      (await on.call(name, JSON.stringify(input)))?.json()
    const url = (path: string): string => `${server.origin}${path}`

    beforeAll(async () => {
      server = await TestServer.start()
      file = await buildFile('contract', hosting.layer === 'portable')
      plugin = await create()
    })

    afterAll(async () => {
      await plugin.close()
      expect(plugin.open).toEqual({ sockets: 0, requests: 0, calls: 0 })
      await server.idle()
      await server[Symbol.asyncDispose]()
    })

    it('carries text and binary unchanged over every frame size', async () => {
      const sizes = [0, 1, 125, 126, 65_535, 65_536, 1_000_000]
      const outcomes = await call('roundTrips', { url: url('/echo'), sizes })
      expect(outcomes).toEqual(sizes.map((size) => ({ size, text: true, binary: true })))
    })

    it('carries them unchanged when they are compressed, and keeps their order', async () => {
      const sockets = { allow: ['ws://127.0.0.1:*'], perMessageDeflate: { threshold: 126 } }
      const compressing = await create({ sockets })
      const sizes = [0, 1, 125, 126, 4096, 65_536, 1_000_000]
      const outcomes = await call('roundTrips', { url: url('/deflate'), sizes }, compressing)
      expect(outcomes).toEqual(sizes.map((size) => ({ size, text: true, binary: true })))
      expect(await call('inOrder', { url: url('/deflate'), count: 200 }, compressing)).toBe(200)
      const settled = await call('handshake', { url: url('/deflate') }, compressing)
      expect(settled).toMatchObject({ extensions: 'permessage-deflate' })
      await compressing.close()
    })

    it('keeps the order of messages', async () => {
      expect(await call('inOrder', { url: url('/echo'), count: 2000 })).toBe(2000)
    })

    it('settles subprotocol and headers with the server', async () => {
      const protocols = ['chat.v1', 'chat.v2']
      const headers = { 'X-Plugin': 'contract' }
      const settled = await call('handshake', { url: url('/echo'), protocols, headers })
      expect(settled).toEqual({ url: url('/echo'), protocol: 'chat.v2', extensions: '' })
      expect(server.headers.at(-1)).toMatchObject({ 'x-plugin': 'contract' })
    })

    it('delivers everything that a fast server pushes, then its close frame', async () => {
      expect(await call('readAll', { url: url('/push?count=5000&size=200') })).toEqual({
        count: 5000,
        ordered: true,
        closed: { code: 1000, reason: 'done', wasClean: true },
      })
    })

    it('holds a fast server back for a slow plugin, and loses nothing', async () => {
      const path = '/push?count=3000&size=4000'
      const answer = await call('readAll', { url: url(path), pauseMs: 1, every: 100 })
      expect(answer).toMatchObject({ count: 3000, ordered: true, closed: { code: 1000 } })
    })

    it.each([
      ['a close frame with code and reason', '/close?code=4001&reason=bye', 4001, 'bye', true],
      ['a close frame without a code', '/close', 1005, '', true],
    ])('ends with %s', async (_name, path, code, reason, wasClean) => {
      expect(await call('listen', { url: url(path) })).toEqual({
        messages: [],
        closed: { code, reason, wasClean },
      })
    })

    it('reports a lost connection as 1006 and an error, after the last message', async () => {
      expect(await call('listen', { url: url('/drop') })).toEqual({
        messages: ['last words'],
        failure: 'EWS_CLOSED',
        closed: { code: 1006, reason: '', wasClean: false },
      })
    })

    it("sends the guest's close code and reason", async () => {
      const closed = await call('closeWith', { url: url('/echo'), code: 3999, reason: 'tschüß' })
      expect(closed).toMatchObject({ code: 3999, wasClean: true })
      const seen = { path: '/echo', code: 3999, reason: 'tschüß' }
      await vi.waitFor(() => expect(server.closes.at(-1)).toEqual(seen))
    })

    it.each([
      ['a URL that is not allowed', 'wss://elsewhere.example/', 'EWS_DENIED', 'sockets.allow'],
      ['a malformed URL', 'ws://', 'EWS_BAD_URL', 'ws://'],
      ['another scheme', 'ftp://127.0.0.1/', 'EWS_BAD_URL', 'ftp'],
      ['a name without an address', 'ws://nowhere.invalid:2/', 'EWS_CONNECT', 'nowhere.invalid'],
      ['a port that nobody listens on', 'ws://127.0.0.1:2/', 'EWS_CONNECT', 'ECONNREFUSED'],
    ])('refuses %s with a code and a reason', async (_name, target, code, part) => {
      const refusal = await call('refusal', { url: target })
      expect(refusal).toMatchObject({ code })
      expect((refusal as { message: string }).message).toContain(part)
    })

    it('tells the status of a refused handshake', async () => {
      const refusal = await call('refusal', { url: url('/unauthorized') })
      expect(refusal).toMatchObject({ code: 'EWS_HANDSHAKE', status: 401 })
    })

    it('tells where in the source a connection was asked for that failed', async () => {
      const error: unknown = await call('connectOnly', { url: url('/unauthorized') }).catch(
        (thrown: unknown) => thrown,
      )
      expect(error).toMatchObject({ code: 'EWS_HANDSHAKE' })
      expect((error as Error).stack).toMatch(/at connectOnly \(.*contract\.ts:\d+:\d+\)/)
    })

    it('gives up a server that does not answer the handshake', async () => {
      const impatient = await create({
        sockets: { allow: ['ws://127.0.0.1:*'], connectTimeoutMs: 100 },
      })
      const refusal = await call('refusal', { url: url('/silent') }, impatient)
      expect(refusal).toMatchObject({ code: 'EWS_TIMEOUT' })
      await impatient.close()
    })

    it('reports a server that does not speak HTTP', async () => {
      expect(await call('refusal', { url: url('/garbage') })).toMatchObject({ code: 'EWS_CONNECT' })
    })

    it('refuses to send on a closed socket', async () => {
      const outcome = await call('sendAfterClose', { url: url('/echo') })
      expect(outcome).toEqual({ code: 'EWS_CLOSED' })
    })

    it('fires the events of a WebSocket in order', async () => {
      expect(await call('webSocketEvents', { url: url('/echo'), text: 'hi' })).toEqual([
        'state 0',
        'open 1',
        'text hi',
        'binary 1,2,3',
        'close 3001 enough true 3',
      ])
    })

    it('keeps many sockets apart', async () => {
      expect(await call('manySockets', { url: url('/echo'), count: 50 })).toBe(true)
    })

    it('refuses more sockets than the limit allows', async () => {
      const small = await create({ sockets: { allow: ['ws://127.0.0.1:*'], sockets: 3 } })
      const failure = call('manySockets', { url: url('/echo'), count: 4 }, small)
      await expect(failure).rejects.toMatchObject({ code: 'EWS_LIMIT' })
      await small.close()
    })

    it('closes a socket whose server sends more than the limit', async () => {
      const small = await create({ sockets: { allow: ['ws://127.0.0.1:*'], messageBytes: 1000 } })
      const answer = await call('listen', { url: url('/push?count=1&size=2000') }, small)
      expect(answer).toMatchObject({ messages: [], failure: 'EWS_CLOSED' })
      await vi.waitFor(() => expect(server.closes.at(-1)).toMatchObject({ code: 1009 }))
      await small.close()
    })

    it('runs calls at the same time, each with its own input and output', async () => {
      const names = Array.from({ length: 20 }, (_, i) => `caller ${i}`)
      const answers = await Promise.all(
        names.map((name) => call('conversation', { url: url('/echo'), name })),
      )
      expect(answers).toMatchObject(names.map((name) => ({ answer: name, name })))
      expect(new Set(answers.map((answer) => (answer as { id: number }).id)).size).toBe(20)
    })

    it('runs timers and messages side by side', async () => {
      expect(await call('timersAndMessages', { url: url('/echo') })).toBe(true)
    })

    it('keeps a socket from one call for the next', async () => {
      await plugin.call('keep', JSON.stringify({ url: url('/echo') }))
      expect((await plugin.call('useKept', 'still there'))?.text()).toBe('still there')
    })

    it.each([
      ['throwBefore', 'before any await'],
      ['throwDuring', 'during an await'],
      ['throwAfter', 'after an await'],
    ])("rejects with the author's message and place when %s", async (name, message) => {
      const failure = call(name, { url: url('/echo') })
      await expect(failure).rejects.toMatchObject({
        code: 'EWS_PLUGIN',
        name: 'TypeError',
        message,
      })
      const stack = await failure.catch((error: unknown) => (error as Error).stack)
      expect(stack).toMatch(new RegExp(`at ${name} \\(.*contract\\.ts:\\d+:\\d+\\)`))
      // The session lives on.
      expect(await call('inOrder', { url: url('/echo'), count: 3 })).toBe(3)
    })

    it('names what can be called when an export does not exist', async () => {
      const failure = plugin.call('nonsense')
      await expect(failure).rejects.toThrow(/no export "nonsense".*roundTrips/)
      await expect(failure).rejects.toMatchObject({ code: 'EWS_NO_EXPORT' })
    })

    it('rejects a pending call when it is disposed, and closes its sockets with 1001', async () => {
      const doomed = await create()
      const pending = doomed.call('waitForever', JSON.stringify({ url: url('/echo') }))
      const outcome = expect(pending).rejects.toMatchObject({ code: 'EWS_DISPOSED' })
      while (doomed.open.sockets === 0) await new Promise((resolve) => setTimeout(resolve, 1))
      await new Promise((resolve) => setTimeout(resolve, 20))
      await doomed.close()
      await outcome
      expect(doomed.open).toEqual({ sockets: 0, requests: 0, calls: 0 })
      const seen = { path: '/echo', code: 1001 }
      await vi.waitFor(() => expect(server.closes.at(-1)).toMatchObject(seen))
      await expect(doomed.call('throwBefore')).rejects.toBeInstanceOf(EwsError)
    })

    it('forgets a socket while it still connects, when it is disposed', async () => {
      const doomed = await create()
      const pending = doomed.call('waitForever', JSON.stringify({ url: url('/silent') }))
      const outcome = expect(pending).rejects.toMatchObject({ code: 'EWS_DISPOSED' })
      while (doomed.open.sockets === 0) await new Promise((resolve) => setTimeout(resolve, 1))
      await doomed.close()
      await outcome
      expect(doomed.open).toEqual({ sockets: 0, requests: 0, calls: 0 })
    })
  })
}
