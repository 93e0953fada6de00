import { fileURLToPath } from 'node:url'
import { compile } from '@extism-ws/compiler'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { TestHttpServer } from '../http-server.js'
import { host, type HostedPlugin } from './hosting.js'
import { hostings, isHere, tables, type Row } from './rows.js'

const rows = Object.values(tables).flat()
const plugins = [...new Set(rows.map(({ plugin }) => plugin))]
const compiled = new Map<Row['plugin'], Uint8Array>()
let server: TestHttpServer

beforeAll(async () => {
  server = await TestHttpServer.start()
  for (const plugin of plugins) {
    const path = (name: string): string =>
      fileURLToPath(new URL(`plugins/${name}`, import.meta.url))
    const { wasm } = await compile({
      entry: path(`${plugin}.ts`),
      ...(plugin === 'pdk' ? { interface: path('pdk-interface.d.ts') } : {}),
    })
    compiled.set(plugin, wasm)
  }
})

afterAll(() => server[Symbol.asyncDispose]())

describe.each(hostings.filter(isHere))('hosted by %s', (hosting) => {
  const hosted = new Map<Row['plugin'], HostedPlugin>()

  afterAll(async () => {
    for (const plugin of hosted.values()) await plugin.close()
  })

  test.each(rows.map((row) => [`${row.api} (${row.run})`, row] as const))('%s', async (_, row) => {
    const plugin =
      hosted.get(row.plugin) ??
      (await host(hosting, compiled.get(row.plugin) ?? new Uint8Array(0), server.origin))
    hosted.set(row.plugin, plugin)
    const input = row.plugin === 'http' ? { url: server.origin } : { text: 'héllo' }
    const call = plugin.call(row.run, JSON.stringify(input))
    const failure = row.fails?.[hosting]
    if (failure !== undefined) return expect(call).rejects.toThrow(failure[0])
    // An export that an interface file declares returns an exit code and has no output.
    return expect([null, 'true']).toContainEqual(await call)
  })
})
