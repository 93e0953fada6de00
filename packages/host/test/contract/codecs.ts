import type { AddressInfo } from 'node:net'
import { encode } from '@msgpack/msgpack'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocketServer } from 'ws'

import { createPlugin, type PluginOptions } from '../../src/index.js'
import { build } from '../build.js'
import { hostedBy, named, type Hosting } from './hosting.js'

const deep = 200_000

/** What the server sends before it echoes, by the path of the URL. */
const hostile: Record<string, readonly (string | Uint8Array)[]> = {
  '/json': [
    'not json',
    '{"symbol":"A"',
    '',
    Uint8Array.of(0xff, 0xfe),
    '['.repeat(deep),
    `${'['.repeat(deep)}${']'.repeat(deep)}`,
    `${'{"a":'.repeat(deep)}1${'}'.repeat(deep)}`,
  ],
  '/msgpack': [
    'text',
    new Uint8Array(0),
    Uint8Array.of(0xc1),
    encode({ symbol: 'A', amount: 1 }).slice(0, -1),
    Uint8Array.of(0x01, 0x02),
    // A header that claims 4,294,967,295 elements.
    Uint8Array.of(0xdd, 0xff, 0xff, 0xff, 0xff),
    new Uint8Array(deep).fill(0x91),
    Uint8Array.of(...Array.from({ length: 5000 }, () => 0x91), 0x01),
    // Arrays that each claim 65,535 elements, as deep as they go.
    Uint8Array.from({ length: 3 * 65_535 }, (_, i) => [0xdc, 0xff, 0xff][i % 3] ?? 0),
  ],
  '/protobuf': ['text', Uint8Array.of(0x0a, 0x05, 0x41), Uint8Array.of(0xff), parents(50_000)],
  '/deep': [`${'['.repeat(2500)}${']'.repeat(2500)}`],
  '/schema': ['not json', '{"symbol":1,"amount":"2"}', '[]'],
}

/** `Trade`s, each the parent of the one around it: field 5, of bytes. */
function parents(count: number): Uint8Array {
  const parts: number[][] = []
  let length = 0
  for (let i = 0; i < count; i++) {
    const head = [0x2a, ...varint(length)]
    length += head.length
    parts.unshift(head)
  }
  return Uint8Array.from(parts.flat())
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(value >> 7)]
}

const trades = [
  { symbol: 'A', amount: 1.5 },
  { symbol: 'é', amount: 2 },
]
const tagged = [
  { symbol: 'A', amount: 1.5, tags: [] },
  { symbol: 'é', amount: -70_000, tags: ['x', 'y'] },
]
const messages = [
  { symbol: 'A', amount: 1.5, number: String(2n ** 60n), tags: [] },
  { symbol: 'é', amount: 0, number: '0', tags: ['x', 'y'], parent: 'B' },
]

/** What came of everything hostile on a path, and what was read behind it. */
function outcomeOf(path: string, format: string, read: readonly unknown[]): object {
  const lengths = (hostile[path] ?? []).map(({ length }) => length)
  const failures = lengths.map(
    () => expect.stringMatching(new RegExp(`^EWS_DECODE: ${format}: .`)) as string,
  )
  return { read, failures, lengths }
}

/** What holds for sockets of values in every way of hosting; the servers are hostile before they echo. */
export function codecContract(hosting: Hosting): void {
  const waits = hosting.mode === 'worker' || hosting.mode === 'jspi'
  describe(`codecs: ${named(hosting)}`, () => {
    let server: WebSocketServer
    let origin: string

    beforeAll(async () => {
      server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
      server.on('connection', (socket, { url = '' }) => {
        for (const message of hostile[url] ?? []) socket.send(message)
        socket.on('message', (data, binary) => socket.send(data, { binary }))
      })
      await new Promise((resolve) => server.once('listening', resolve))
      origin = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
    })
    afterAll(async () => {
      await new Promise((resolve) => server.close(resolve))
    })

    const call = async (
      name: string,
      path: string,
      entry = 'run',
      options: PluginOptions = {},
    ): Promise<unknown> => {
      const { wasm } = await build(`codec/${name}`, hosting.layer === 'portable')
      const sockets = { allow: [origin] }
      const plugin = await createPlugin(wasm, { ...hostedBy(hosting), sockets, ...options })
      try {
        const output = await plugin.call(entry, `${origin}${path}`)
        expect(plugin.open).toEqual({ sockets: 0, requests: 0, calls: 0 })
        return output?.json()
      } finally {
        await plugin.close()
      }
    }

    it.each([
      ['json', trades],
      ['msgpack', tagged],
      ['protobuf', messages],
    ])('%s goes both ways, and what is none is kept for the author', async (name, read) => {
      expect(await call(name, `/${name}`)).toEqual(outcomeOf(`/${name}`, name, read))
    })

    it.runIf(waits).each([
      ['json', trades],
      ['msgpack', tagged],
      ['protobuf', messages],
    ])('%s does so where nothing is awaited', async (name, read) => {
      expect(await call('sync', `/${name}`, name)).toEqual(outcomeOf(`/${name}`, name, read))
    })

    const refused = 'EWS_DECODE: json: the schema refuses the message: '
    const checked = {
      ...outcomeOf('/schema', 'json', [{ symbol: 'A', amount: 1.5 }]),
      failures: [
        expect.stringMatching(/^EWS_DECODE: json: /) as string,
        expect.stringContaining(`${refused}symbol: `) as string,
        expect.stringContaining(refused) as string,
      ],
    }

    it.each(['zod', 'valibot', 'arktype'])('a schema of %s says what is read', async (name) => {
      expect(await call(name, '/schema')).toEqual(checked)
    })

    it.runIf(waits)('a schema says what is read where nothing is awaited', async () => {
      expect(await call('sync', '/schema', 'schema')).toEqual(checked)
    })

    it.runIf(waits)('a schema that is asynchronous is an error there', async () => {
      await expect(call('sync', '/', 'slowSchema')).rejects.toMatchObject({
        code: 'EWS_BAD_REQUEST',
        message: expect.stringContaining('the schema is asynchronous') as string,
      })
    })

    it('a schema that goes deeper than the stack is an error of its message', async () => {
      expect(await call('deep', '/deep')).toEqual({
        read: [[[]]],
        failures: [expect.stringMatching(/^EWS_DECODE: json: .*stack/)],
        lengths: [5000],
      })
    })

    it('without a listener the first one is a warning in the log, and all are counted', async () => {
      const lines: string[] = []
      const quiet = (): void => {}
      const warn = (line: string): void => void lines.push(line)
      const logger = { debug: quiet, info: quiet, warn, error: warn }
      expect(await call('json', '/json', 'quiet', { logger })).toEqual({
        undecodable: hostile['/json']?.length,
      })
      const left = lines.filter((line) => line.includes('is left out'))
      expect(left).toEqual([expect.stringContaining('It has 8 characters: "not json"')])
    })
  })
}
