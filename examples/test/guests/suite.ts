import { join } from 'node:path'
import { createPlugin, type Mode, type Plugin } from '@extism-ws/host'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { ExampleServer } from '../../src/server.js'
import { kept } from '../clients/client.js'
import { freePort, temporaryFolder } from '../clients/servers/program.js'
import { run } from '../program.js'
import { startClosingServer } from './closing-server.js'
import type { Language } from './languages.js'
import { inMode, waitingModes } from './modes.js'

const denied = 'ws://198.51.100.1'
/** More than the blocks that Extism's SDK has in one call: 32,767. */
const many = 100_000

/** What a plugin of another language does with the four calls of the portable layer. */
export function guestSuite(language: Language): void {
  let file: string
  let folder: AsyncDisposable & { readonly path: string }
  let server: ExampleServer
  let url: string

  beforeAll(async () => {
    folder = await temporaryFolder()
    server = await ExampleServer.start()
    url = `${server.origin}/echo`
    file = join(folder.path, 'plugin.wasm')
    await language.compile(file)
  }, 60_000)
  afterAll(async () => {
    await server[Symbol.asyncDispose]()
    await folder[Symbol.asyncDispose]()
  })

  const open = async (mode: Mode, ...others: string[]): Promise<Plugin> => {
    const sockets = { allow: [server.origin, ...others], sockets: 2 }
    return kept(await createPlugin(file, { ...inMode(mode), sockets, timeoutMs: 25_000 }))
  }
  const call = async (plugin: Plugin, name: string, input: string): Promise<string | undefined> =>
    (await plugin.call(name, input))?.text()

  it('imports functions of Extism and of the portable layer only', async () => {
    const imports = await (await open('event')).getImports()
    const ours = imports
      .filter((each) => each.module === 'extism:host/user')
      .map(({ name }) => name)
    const calls = ['ws_close', 'ws_connect', 'ws_error', 'ws_receive', 'ws_send']
    expect(ours.toSorted()).toEqual(calls)
    const namespaces = new Set(imports.map((each) => each.module))
    expect([...namespaces].toSorted()).toEqual(['extism:host/env', 'extism:host/user'])
  })

  it('runs in the host of the example', async () => {
    const { code, stdout, stderr } = await run('hosts/guest.js', file)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('text came back:     Hello from Wasm\n')
    expect(stdout).toContain('messages in order:  10000 of 10000\n')
  })

  describe.each(waitingModes)('in %s mode', (mode) => {
    it('connects, sends, receives and closes within one call', async () => {
      const plugin = await open(mode)
      expect(await call(plugin, 'echo', `${url}\nhello`)).toBe('hello')
    })

    it('receives what does not fit into its block at first', async () => {
      const plugin = await open(mode)
      const text = 'grün, 緑, 🟢. '.repeat(5000)
      expect(await call(plugin, 'echo', `${url}\n${text}`)).toBe(text)
    })

    it('leaves no socket behind, so that it can be called more often than it may have sockets', async () => {
      const plugin = await open(mode)
      for (let i = 0; i < 5; i++) expect(await call(plugin, 'echo', `${url}\n${i}`)).toBe(String(i))
      expect(plugin.open.sockets).toBe(0)
    })

    it('sends and receives more messages in one call than Extism has blocks', async () => {
      const plugin = await open(mode)
      expect(await call(plugin, 'count', `${url}\n${many}`)).toBe(String(many))
    })

    it('gets 0 when nothing comes in time', async () => {
      const plugin = await open(mode)
      expect(await call(plugin, 'late', url)).toBe('0')
      expect(plugin.open.sockets).toBe(0)
    })

    it('is told of a connection that fails by ws_connect itself', async () => {
      const closed = `ws://127.0.0.1:${await freePort()}`
      const plugin = await open(mode, closed)
      const failure = { code: 'EWS_CONNECT', message: expect.stringContaining(closed) as string }
      await expect(plugin.call('echo', `${closed}\nhello`)).rejects.toMatchObject(failure)
      expect(plugin.open.sockets).toBe(0)
    })

    it('fails when the server closes the connection instead of answering', async () => {
      const { url: closing } = kept(await startClosingServer())
      const plugin = await open(mode, closing)
      const failure = { code: 'EWS_PLUGIN', message: 'the server did not answer' }
      await expect(plugin.call('echo', `${closing}\nhello`)).rejects.toMatchObject(failure)
      expect(plugin.open.sockets).toBe(0)
    })
  })

  it.each(['event', ...waitingModes] as Mode[])(
    'is told in %s mode why a URL is refused',
    async (mode) => {
      const plugin = await open(mode)
      const [number, json = ''] = (await call(plugin, 'refused', denied))?.split('\n') ?? []
      expect(number).toBe('-1')
      expect(JSON.parse(json)).toEqual({
        code: 'EWS_DENIED',
        name: 'EwsError',
        message: expect.stringContaining(denied) as string,
      })
    },
  )

  it('is told in event mode that it cannot wait, and where it could', async () => {
    const plugin = await open('event')
    const [number, json = ''] = (await call(plugin, 'late', url))?.split('\n') ?? []
    expect(number).toBe('-10')
    const { code, message } = JSON.parse(json) as Record<string, string>
    expect(code).toBe('EWS_WOULD_BLOCK')
    expect(message).toContain("'worker'")
    expect(message).toContain("'jspi'")
  })

  it('finds the connection not open yet in event mode, when ws_connect has returned', async () => {
    const plugin = await open('event')
    await expect(plugin.call('echo', `${url}\nhello`)).rejects.toMatchObject({ code: 'EWS_CLOSED' })
  })
}
