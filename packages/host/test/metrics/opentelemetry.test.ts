import { readdir, readFile } from 'node:fs/promises'
import { diag, SpanKind, SpanStatusCode } from '@opentelemetry/api'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
  type MetricData,
} from '@opentelemetry/sdk-metrics'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace-base'
import { channel } from 'node:diagnostics_channel'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'

import { createPlugin, type Plugin } from '../../src/index.js'
import { SessionStats } from '../../src/metrics/session-stats.js'
import { observe, type Observation, type Observed } from '../../src/opentelemetry/index.js'
import { buildFile } from '../build.js'
import { TestServer } from '../server.js'

let file: string
let server: TestServer
const plugins: Plugin[] = []
let observation: Observation | undefined
const spans = new InMemorySpanExporter()
const tracerProvider = new BasicTracerProvider({
  spanProcessors: [new SimpleSpanProcessor(spans)],
})
let exported: InMemoryMetricExporter
let meterProvider: MeterProvider

beforeAll(async () => {
  file = await buildFile('kept')
})
beforeEach(async () => {
  server = await TestServer.start()
  spans.reset()
  exported = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  // It is asked by the test: the interval only must not be shorter than the timeout.
  const reader = new PeriodicExportingMetricReader({
    exporter: exported,
    exportIntervalMillis: 2 ** 30,
  })
  meterProvider = new MeterProvider({ readers: [reader] })
})
afterEach(async () => {
  observation?.end()
  await Promise.all(plugins.splice(0).map((plugin) => plugin.close()))
  await meterProvider.shutdown()
  await server[Symbol.asyncDispose]()
})

async function create(name: string): Promise<Plugin> {
  const plugin = await createPlugin(file, {
    name,
    sockets: { allow: [server.origin] },
    logLevel: 'silent',
  })
  plugins.push(plugin)
  return plugin
}

function start(plugin: Plugin, path: string): Promise<unknown> {
  return plugin.call('start', JSON.stringify({ url: `${server.origin}${path}`, name: 'feed' }))
}

async function receive(plugin: Plugin, count: number): Promise<void> {
  await start(plugin, `/push?count=${count}&size=10&token=secret`)
  await plugin.call('next', JSON.stringify({ name: 'feed', count }))
  await vi.waitFor(() => expect(plugin.metrics().urls[0]?.closed).toBe(1))
}

function watch(plugin: Observed): void {
  observation = observe(plugin, { meterProvider, tracerProvider })
}

async function collected(): Promise<Map<string, MetricData>> {
  exported.reset()
  await meterProvider.forceFlush()
  const scopes = exported.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics)
  return new Map(scopes.flatMap(({ metrics }) => metrics).map((m) => [m.descriptor.name, m]))
}

describe('metrics', () => {
  it('are those of plugin.metrics(), with units, by URL', async () => {
    const plugin = await create('ticker')
    watch(plugin)
    await receive(plugin, 4)
    const metrics = await collected()
    const received = metrics.get('extism_ws.messages.received')
    expect(received?.descriptor).toMatchObject({ unit: '{message}' })
    expect(received?.dataPoints).toMatchObject([
      {
        attributes: { 'extism_ws.plugin': 'ticker', 'url.full': `${server.origin}/push` },
        value: 4,
      },
    ])
    expect(metrics.get('extism_ws.received')?.descriptor.unit).toBe('By')
    expect(metrics.get('extism_ws.calls')?.dataPoints[0]?.value).toBe(2)
  })

  it('have a histogram of dispatches', async () => {
    const plugin = await create('ticker')
    watch(plugin)
    await receive(plugin, 4)
    const { dispatches } = plugin.metrics()
    const duration = (await collected()).get('extism_ws.dispatch.duration')
    expect(duration?.descriptor.unit).toBe('s')
    expect(duration?.dataPoints[0]?.value).toMatchObject({ count: dispatches })
  })

  it('are added up for plugins of one name, and of those that live when they are asked for', async () => {
    const [first, second] = [await create('ticker'), await create('ticker')]
    let living = [first]
    watch(() => living)
    await Promise.all([receive(first, 1), receive(second, 2)])
    const received = async (): Promise<unknown> =>
      (await collected()).get('extism_ws.messages.received')?.dataPoints[0]?.value
    expect(await received()).toBe(1)
    living = [first, second]
    expect(await received()).toBe(3)
  })
})

describe('a span', () => {
  function span(): ReadableSpan | undefined {
    return spans.getFinishedSpans()[0]
  }

  it('lasts as long as a connection, and says what it carried', async () => {
    const plugin = await create('ticker')
    watch([plugin])
    await receive(plugin, 3)
    expect(spans.getFinishedSpans()).toHaveLength(1)
    const { bytesReceived } = plugin.metrics().urls[0] ?? {}
    expect(span()).toMatchObject({ kind: SpanKind.CLIENT, name: 'websocket 127.0.0.1' })
    expect(span()?.attributes).toEqual({
      'server.address': '127.0.0.1',
      'server.port': server.port,
      'url.full': `${server.origin}/push`,
      'network.protocol.name': 'websocket',
      'extism_ws.plugin': 'ticker',
      'extism_ws.session': plugin.metrics().session,
      'extism_ws.socket': 1,
      'extism_ws.reconnect': false,
      'extism_ws.close.code': 1000,
      'extism_ws.close.clean': true,
      'extism_ws.messages.received': 3,
      'extism_ws.messages.sent': 0,
      'extism_ws.received.size': bytesReceived,
      'extism_ws.sent.size': 0,
    })
    expect(span()?.events.map(({ name }) => name)).toEqual(['websocket.open'])
    expect(span()?.status.code).toBe(SpanStatusCode.UNSET)
  })

  it('has an error with its code when the attempt failed', async () => {
    const plugin = await create('ticker')
    watch(plugin)
    await start(plugin, '/unauthorized?token=secret')
    expect(span()?.status).toMatchObject({ code: SpanStatusCode.ERROR })
    expect(span()?.status.message).toMatch(/^EWS_HANDSHAKE: .*401/)
    expect(span()?.attributes['error.type']).toBe('EWS_HANDSHAKE')
    expect(JSON.stringify([span()?.attributes, span()?.status])).not.toContain('secret')
  })

  it('is one for each connection of a socket that reconnects', async () => {
    const plugin = await create('ticker')
    watch(plugin)
    const stats = new SessionStats({ plugin: 'ticker', session: plugin.metrics().session })
    const url = 'wss://[::1]/feed'
    const counters = stats.of(new URL(url))
    const socket = { id: 9, url, counters }
    stats.connecting(socket)
    stats.opened(socket, false)
    counters.messagesReceived += 5
    stats.reconnecting(socket, 1, 100)
    stats.connecting(socket)
    stats.opened(socket, true)
    counters.messagesReceived += 2
    stats.closed(socket, 1000, true)
    const facts = spans.getFinishedSpans().map(({ attributes }) => attributes)
    expect(facts).toMatchObject([
      {
        'extism_ws.reconnect': false,
        'extism_ws.reconnecting': true,
        'extism_ws.messages.received': 5,
        'server.address': '::1',
        'server.port': 443,
      },
      { 'extism_ws.reconnect': true, 'extism_ws.messages.received': 2 },
    ])
  })

  it('is of observed plugins only', async () => {
    const [seen, unseen] = [await create('seen'), await create('unseen')]
    watch(seen)
    await Promise.all([receive(seen, 1), receive(unseen, 1)])
    expect(spans.getFinishedSpans()).toHaveLength(1)
    expect(span()?.attributes['extism_ws.plugin']).toBe('seen')
  })

  it('ends with the observation', async () => {
    const plugin = await create('ticker')
    watch(plugin)
    await start(plugin, '/sink')
    observation?.end()
    observation?.end()
    expect(spans.getFinishedSpans()).toHaveLength(1)
    await start(plugin, '/echo')
    expect(spans.getFinishedSpans()).toHaveLength(1)
    expect(channel('extism-ws:socket.connecting').hasSubscribers).toBe(false)
    expect(channel('extism-ws:dispatch').hasSubscribers).toBe(false)
    // What was recorded stays; what is asked for is asked for no more.
    expect([...(await collected()).keys()]).not.toContain('extism_ws.calls')
  })
})

it('a failure of an exporter is told to OpenTelemetry, and none of the plugin', async () => {
  const errors: unknown[][] = []
  const take = (...args: unknown[]): number => errors.push(args)
  diag.setLogger({ error: take, warn: take, info: () => {}, debug: () => {}, verbose: () => {} })
  errors.length = 0
  const plugin = await create('ticker')
  observation = observe(
    () => {
      throw new Error('no list')
    },
    { meterProvider, tracerProvider },
  )
  await receive(plugin, 1)
  diag.disable()
  expect(errors[0]?.[0]).toBe('extism-ws: extism-ws:socket.connecting')
})

it('nothing but its own folder imports OpenTelemetry, which need not be installed', async () => {
  const root = new URL('../../src/', import.meta.url)
  const files = await readdir(root, { recursive: true })
  const sources = files.filter((name) => name.endsWith('.ts') && !name.startsWith('opentelemetry'))
  expect(sources.length).toBeGreaterThan(50)
  for (const name of sources) {
    const text = await readFile(new URL(name, root), 'utf8')
    expect(text).not.toMatch(/from '(@opentelemetry|.*\/opentelemetry\/)/)
  }
})
