import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import {
  createPlugin,
  prometheusContentType,
  prometheusText,
  type Plugin,
  type PluginMetrics,
} from '../../src/index.js'
import { buildFile } from '../build.js'
import { TestServer } from '../server.js'
import { parseExposition, type ParsedFamily } from './exposition.js'

let server: TestServer
const plugins: Plugin[] = []

beforeEach(async () => {
  server = await TestServer.start()
})
afterEach(async () => {
  await Promise.all(plugins.splice(0).map((plugin) => plugin.close()))
  await server[Symbol.asyncDispose]()
})

async function create(name: string): Promise<Plugin> {
  const sockets = { allow: [server.origin] }
  const plugin = await createPlugin(await buildFile('kept'), { name, sockets, logLevel: 'silent' })
  plugins.push(plugin)
  return plugin
}

async function receive(plugin: Plugin, count: number): Promise<void> {
  const url = `${server.origin}/push?count=${count}&size=10`
  await plugin.call('start', JSON.stringify({ url, name: 'feed' }))
  await plugin.call('next', JSON.stringify({ name: 'feed', count }))
  await vi.waitFor(() => expect(plugin.metrics().urls[0]?.closed).toBe(1))
}

function valueOf(
  families: Map<string, ParsedFamily>,
  name: string,
  labels: Record<string, string>,
): number | undefined {
  const wanted = JSON.stringify(labels)
  return families.get(name)?.samples.find((each) => JSON.stringify(each.labels) === wanted)?.value
}

describe("Prometheus' text", () => {
  it('is served to whoever scrapes an endpoint', async () => {
    const plugin = await create('ticker')
    await receive(plugin, 5)
    const http = createServer((_request, response) => {
      response.setHeader('Content-Type', prometheusContentType)
      response.end(prometheusText([plugin]))
    })
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
    const { port } = http.address() as AddressInfo
    const response = await fetch(`http://127.0.0.1:${port}/metrics`)
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    const families = parseExposition(await response.text())
    http.close()
    http.closeAllConnections()
    const url = `${server.origin}/push`
    const { urls, dispatches, dispatchDurationMs } = plugin.metrics()
    const value = (name: string, labels = {}): number | undefined =>
      valueOf(families, name, { plugin: 'ticker', ...labels })
    expect(value('extism_ws_messages_received_total', { url })).toBe(5)
    expect(value('extism_ws_received_bytes_total', { url })).toBe(urls[0]?.bytesReceived)
    expect(value('extism_ws_connections_opened_total', { url })).toBe(1)
    expect(value('extism_ws_connections_open', { url })).toBe(0)
    expect(value('extism_ws_calls_total')).toBe(2)
    expect(value('extism_ws_plugins')).toBe(1)
    const duration = families.get('extism_ws_dispatch_duration_seconds')
    expect(duration?.type).toBe('histogram')
    const sum = duration?.samples.find(({ name }) => name.endsWith('_sum'))?.value ?? 0
    expect(sum).toBeCloseTo(dispatchDurationMs.sum / 1000)
    expect(duration?.samples.find(({ name }) => name.endsWith('_count'))?.value).toBe(dispatches)
  })

  it('has each series once: plugins of one name are added up', async () => {
    const all = [await create('ticker'), await create('ticker'), await create('other')]
    await Promise.all(all.map((plugin, i) => receive(plugin, i + 1)))
    const families = parseExposition(prometheusText(all))
    const received = families.get('extism_ws_messages_received_total')?.samples
    expect(received?.map(({ labels, value }) => [labels.plugin, value])).toEqual([
      ['ticker', 3],
      ['other', 3],
    ])
    const named = families.get('extism_ws_plugins')?.samples.map(({ value }) => value)
    expect(named).toEqual([2, 1])
  })

  it('takes what metrics() answered as well, which may have come from elsewhere', async () => {
    const plugin = await create('ticker')
    const metrics = JSON.parse(JSON.stringify(plugin.metrics())) as PluginMetrics
    const families = parseExposition(prometheusText([metrics]))
    expect(valueOf(families, 'extism_ws_calls_total', { plugin: 'ticker' })).toBe(0)
  })

  it('escapes whatever a name or URL holds', async () => {
    const plugin = await create('a "b" \\ c')
    const metrics = plugin.metrics()
    const row = { ...emptyRow, url: 'wss://x/"\\\n}' }
    const families = parseExposition(prometheusText([{ ...metrics, urls: [row] }]))
    expect(families.get('extism_ws_connections_open')?.samples[0]?.labels).toEqual({
      plugin: 'a "b" \\ c',
      url: 'wss://x/"\\\n}',
    })
  })

  it('bounds the URLs of each name, however many plugins have it', async () => {
    const metrics = (await create('ticker')).metrics()
    const many = Array.from({ length: 10 }, (_, i) => ({
      ...metrics,
      urls: Array.from({ length: 64 }, (__, j) => ({
        ...emptyRow,
        url: `wss://x/${i}/${j}`,
        opened: 1,
      })),
    }))
    const opened = parseExposition(prometheusText(many)).get('extism_ws_connections_opened_total')
    expect(opened?.samples).toHaveLength(65)
    expect(opened?.samples.at(-1)).toMatchObject({ labels: { url: 'other' }, value: 576 })
  })

  it('tells refusals by code', async () => {
    const plugin = await create('ticker')
    const input = JSON.stringify({ url: 'wss://elsewhere.example/', name: 'feed' })
    await plugin.call('start', input)
    const families = parseExposition(prometheusText([plugin]))
    const labels = { plugin: 'ticker', code: 'EWS_DENIED' }
    expect(valueOf(families, 'extism_ws_refusals_total', labels)).toBe(1)
  })

  it('is empty without plugins', () => {
    expect(prometheusText([])).toBe('')
  })
})

const emptyRow = {
  url: '',
  open: 0,
  opened: 0,
  failed: 0,
  closed: 0,
  messagesReceived: 0,
  messagesSent: 0,
  bytesReceived: 0,
  bytesSent: 0,
  pingsSent: 0,
  pongsReceived: 0,
  dead: 0,
  reconnects: 0,
  drops: 0,
}
