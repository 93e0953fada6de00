import { Console } from 'node:console'
import { PassThrough, Writable } from 'node:stream'
import { pino } from 'pino'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'

import { createPlugin, type LogOptions, type Plugin, type PluginOptions } from '../../src/index.js'
import { logsFor } from '../../src/log.js'
import { Summary, summaryOf } from '../../src/metrics/summary.js'
import { buildFile } from '../build.js'
import { TestServer } from '../server.js'

let file: string
let server: TestServer
let plugin: Plugin | undefined
let written: string

const sink = (): Writable =>
  new Writable({
    write(chunk: Buffer, _encoding, done) {
      written += chunk.toString()
      done()
    },
  })

beforeAll(async () => {
  file = await buildFile('kept')
})
beforeEach(async () => {
  written = ''
  server = await TestServer.start()
})
afterEach(async () => {
  await plugin?.close()
  await server[Symbol.asyncDispose]()
})

async function create(options: PluginOptions): Promise<Plugin> {
  plugin = await createPlugin(file, { sockets: { allow: [server.origin] }, ...options })
  return plugin
}

function lines(): string[] {
  return written.split('\n').filter((line) => line !== '')
}

function objects(): Record<string, unknown>[] {
  return lines().map((line) => JSON.parse(line) as Record<string, unknown>)
}

/** Connects once, is refused once, and fails once. */
async function connectVariously({ call }: { call: Plugin['call'] }): Promise<void> {
  const start = (url: string, name: string): Promise<unknown> =>
    call('start', JSON.stringify({ url, name }))
  await start(`${server.origin}/close?code=1001&token=secret`, 'first')
  await start('wss://elsewhere.example/?token=secret', 'second')
  await start(`${server.origin}/unauthorized?token=secret`, 'third')
}

describe('a logger of pino', () => {
  it('gets values apart from the text', async () => {
    const made = await create({ logger: pino({ level: 'debug', base: null }, sink()) })
    await connectVariously({ call: made.call.bind(made) })
    await vi.waitFor(() => expect(lines()).toHaveLength(5))
    const url = `${server.origin}/close`
    const about = { source: 'host', plugin: 'kept', time: expect.any(Number) }
    const [debug, warn] = [20, 40]
    expect(objects()).toEqual(
      expect.arrayContaining([
        {
          level: debug,
          ...about,
          socket: 1,
          url,
          reconnect: false,
          msg: `socket 1 is open: ${url}`,
        },
        {
          level: debug,
          ...about,
          socket: 1,
          url,
          closeCode: 1001,
          wasClean: true,
          msg: `socket 1 closed with 1001: ${url}`,
        },
        {
          level: warn,
          ...about,
          url: 'wss://elsewhere.example/',
          code: 'EWS_DENIED',
          msg: expect.stringContaining(
            'refused to connect to wss://elsewhere.example/: EWS_DENIED',
          ),
        },
        {
          level: warn,
          ...about,
          socket: 2,
          url: `${server.origin}/unauthorized`,
          code: 'EWS_HANDSHAKE',
          msg: expect.stringContaining('HTTP status 401'),
        },
      ]),
    )
    expect(written).not.toContain('secret')
  })

  it('decides by its own level, unless logLevel says otherwise', async () => {
    const made = await create({ logger: pino({ level: 'warn' }, sink()) })
    await connectVariously({ call: made.call.bind(made) })
    expect(objects().map(({ level }) => level)).toEqual([40, 40])
    await made.close()
    written = ''
    const quiet = await create({ logLevel: 'error', logger: pino({ level: 'trace' }, sink()) })
    await connectVariously({ call: quiet.call.bind(quiet) })
    expect(lines()).toEqual([])
  })

  it('of a child has its bindings besides', async () => {
    const logger = pino({ level: 'warn' }, sink()).child({ tenant: 'a' })
    const made = await create({ logger })
    await connectVariously({ call: made.call.bind(made) })
    expect(objects()[0]).toMatchObject({ tenant: 'a', plugin: 'kept' })
  })

  it("gets the plugin's own lines as such", async () => {
    const own = await createPlugin(await buildFile('uncaught'), { logger: pino({}, sink()) })
    await own.call('timer')
    await own.close()
    expect(objects()[0]).toMatchObject({ source: 'plugin', plugin: 'uncaught' })
    expect(objects()[0]?.msg).toMatch(/^Uncaught RangeError: timer on purpose\n/)
  })

  it('gets text where structured is false', async () => {
    const logger = pino({ level: 'warn' }, sink())
    const made = await create({ logger, log: { structured: false } })
    await connectVariously({ call: made.call.bind(made) })
    expect(objects()[0]).not.toHaveProperty('plugin')
    expect(objects()[0]?.msg).toMatch(/^extism-ws: kept: refused to connect to /)
  })
})

describe('console', () => {
  it('gets readable lines', async () => {
    const logger = new Console(sink())
    const made = await create({ logger, logLevel: 'debug' })
    await connectVariously({ call: made.call.bind(made) })
    await vi.waitFor(() => expect(lines()).toHaveLength(5))
    expect(lines()[0]).toBe(`extism-ws: kept: socket 1 is open: ${server.origin}/close`)
  })

  it('gets what went wrong by default, and nothing of what went well', async () => {
    const made = await create({ logger: new Console(sink()) })
    await connectVariously({ call: made.call.bind(made) })
    expect(lines()).toHaveLength(2)
    expect(written).toMatch(/refused to connect/)
    expect(written).toMatch(/EWS_HANDSHAKE/)
  })
})

describe('other loggers', () => {
  it('that take values first get them when structured says so', async () => {
    const calls: unknown[][] = []
    const take = (...args: unknown[]): number => calls.push(args)
    const logger = { debug: take, info: take, warn: take, error: take }
    const made = await create({ logger, logLevel: 'warn', log: { structured: true } })
    await connectVariously({ call: made.call.bind(made) })
    expect(calls[0]).toEqual([
      expect.objectContaining({ plugin: 'kept', code: 'EWS_DENIED' }),
      expect.stringContaining('refused'),
    ])
  })

  it('that throw do no harm', async () => {
    const fail = (): never => {
      throw new Error('disk full')
    }
    const made = await create({ logger: { debug: fail, info: fail, warn: fail, error: fail } })
    await connectVariously({ call: made.call.bind(made) })
    expect(made.metrics().refusals).toEqual({ EWS_DENIED: 1 })
  })
})

describe('the summary', () => {
  async function receive(made: Plugin, count: number): Promise<void> {
    const url = `${server.origin}/push?count=${count}&size=1000`
    await made.call('start', JSON.stringify({ url, name: 'feed' }))
    await made.call('next', JSON.stringify({ name: 'feed', count }))
  }

  it('tells now and then what a plugin did, with values apart for pino', async () => {
    const log = { summaryEveryMs: 20 }
    const made = await create({ name: 'ticker', log, logger: pino({}, sink()) })
    await receive(made, 30)
    const total = (): number =>
      objects().reduce((sum, { messagesReceived = 0 }) => sum + Number(messagesReceived), 0)
    await vi.waitFor(() => expect(total()).toBe(30))
    expect(objects()[0]).toMatchObject({
      level: 30,
      source: 'host',
      plugin: 'ticker',
      sockets: expect.any(Number),
      dispatchP99Ms: expect.any(Number),
      msg: expect.stringMatching(
        /^\d sockets?, \d+ messages in \([\d.]+ k?B\), 0 out \(0 B\), .*0 dropped$/,
      ),
    })
  })

  it('is silent while nothing happens, and ends with the plugin', async () => {
    const clear = vi.spyOn(globalThis, 'clearInterval')
    const log = { summaryEveryMs: 5, summaryLevel: 'info' } as const
    const made = await create({ log, logger: new Console(sink()) })
    await receive(made, 3)
    await vi.waitFor(() => expect(written).toContain('3 messages in'))
    await vi.waitFor(() => expect(made.metrics().sockets).toBe(0))
    // What came after the first line may make another one, and then there is nothing to tell.
    await new Promise((resolve) => setTimeout(resolve, 50))
    const before = written
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(written).toBe(before)
    await made.close()
    expect(clear).toHaveBeenCalled()
    clear.mockRestore()
  })

  it('is for debugging on a logger of text, and has no timer that nobody would hear', () => {
    const start = vi.spyOn(globalThis, 'setInterval')
    const summary = (options: LogOptions, level: 'debug' | 'info'): void => {
      const logger = new Console(new PassThrough())
      const { log } = logsFor(logger, { plugin: 'x', level, structured: undefined })
      const read = (): never => ({}) as never
      new Summary({ ...summaryOf(options, false), log, read, takeDeepest: () => 0 }).stop()
    }
    summary({}, 'info')
    summary({ summaryEveryMs: false }, 'debug')
    expect(start).not.toHaveBeenCalled()
    summary({}, 'debug')
    expect(start).toHaveBeenCalledWith(expect.any(Function), 60_000)
    start.mockRestore()
  })

  it.each([{ summaryEveryMs: 0 }, { summaryEveryMs: Number.NaN }, { summaryLevel: 'loud' }])(
    'cannot be %j',
    async (log) => {
      await expect(create({ log: log as LogOptions })).rejects.toThrow(/^log\.summary/)
    },
  )
})
