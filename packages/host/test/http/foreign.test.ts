import { createPlugin as createReleased } from '@extism/extism'
import { createPlugin as createCandidate } from 'extism-rc'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { createPlugin, withSockets } from '../../src/index.js'
import { httpGuest } from '../http-guest.js'
import { sdks } from '../sdk.js'
import { HttpServer } from './server.js'

const creators = { '1.0.3': createReleased, '2.0.0-rc13': createCandidate } as const
const jspi = 'Suspending' in WebAssembly

describe.each(['1.0.3', '2.0.0-rc13'] as const)("Extism's own HTTP on SDK %s", (version) => {
  let server: HttpServer
  const lines: string[] = []
  const log = (line: string): number => lines.push(line)
  const logger = { debug: log, info: log, warn: log, error: log }
  const works = jspi && version !== '1.0.3'

  beforeEach(async () => {
    server = await HttpServer.start()
  })
  afterEach(async () => {
    lines.length = 0
    await server[Symbol.asyncDispose]()
  })

  it('is left to a module of another compiler, with the hosts of the manifest', async () => {
    const data = httpGuest({ attachable: false, extismHttp: true })
    const manifest = { wasm: [{ data }], allowedHosts: ['127.0.0.*'] }
    const plugin = await createPlugin(manifest, { extism: sdks[version], logger })
    await plugin.call('http', JSON.stringify({ url: `${server.origin}/hello`, method: 'GET' }))
    await plugin.close()
    expect(server.seen).toHaveLength(works ? 1 : 0)
    if (!jspi) expect(lines[0]).toMatch(/needs a Node with JSPI .* allowedHosts mean nothing/)
    if (!works) expect(lines).toContain('http_request is not enabled')
  })

  it('may be replaced by functions of the integrator, for a module of another compiler', async () => {
    const asked: string[] = []
    const answer = (name: string) => (): bigint => {
      asked.push(name)
      return 0n
    }
    const http_headers = answer('http_headers')
    const functions = { 'extism:host/env': { http_headers } }
    const data = httpGuest({ attachable: false, extismHttp: true })
    const manifest = { wasm: [{ data }], allowedHosts: ['127.0.0.1'] }
    const plugin = await createPlugin(manifest, { extism: sdks[version], logger, functions })
    await plugin.call('http', JSON.stringify({ url: `${server.origin}/hello`, method: 'GET' }))
    await plugin.close()
    // With JSPI the SDK puts all of its own in their place.
    expect(asked).toEqual(works ? [] : ['http_headers'])
  })

  it('does not keep a plugin with our HTTP from being attached by hand', async () => {
    const support = withSockets({ logger })
    const functions = { ...support.functions, test: { delivered: () => {} } }
    const raw = await creators[version](
      { wasm: [{ data: httpGuest({ extismHttp: true }) }] },
      { useWasi: true, functions, logger: support.logger },
    )
    const plugin = await support.attach(raw)
    expect(await plugin.call('run')).toBeNull()
    await plugin.close()
    expect(lines).toEqual([])
  })
})
