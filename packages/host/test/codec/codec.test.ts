import type { AddressInfo } from 'node:net'
import { encode } from '@msgpack/msgpack'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocketServer } from 'ws'

import { createPlugin, type PluginOptions } from '../../src/index.js'
import { build } from '../build.js'

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
afterAll(() => {
  server.close()
})

async function call(
  name: string,
  path: string,
  portable: boolean,
  entry = 'run',
  options: PluginOptions = {},
): Promise<unknown> {
  const { wasm } = await build(`codec/${name}`, portable)
  const plugin = await createPlugin(wasm, { ...options, sockets: { allow: [origin] } })
  try {
    return (await plugin.call(entry, `${origin}${path}`))?.json()
  } finally {
    await plugin.close()
  }
}

describe.each(['direct', 'portable'])('in a plugin of the %s layer', (layer) => {
  const portable = layer === 'portable'
  const sizes = (path: string): number[] => (hostile[path] ?? []).map(({ length }) => length)

  test('JSON goes both ways, and what is none is kept for the author', async () => {
    expect(await call('json', '/json', portable)).toEqual({
      read: [
        { symbol: 'A', amount: 1.5 },
        { symbol: 'é', amount: 2 },
      ],
      failures: sizes('/json').map(() => expect.stringMatching(/^EWS_DECODE: json: ./)),
      lengths: sizes('/json'),
    })
  })

  test('MessagePack goes both ways, and what is none is kept for the author', async () => {
    expect(await call('msgpack', '/msgpack', portable)).toEqual({
      read: [
        { symbol: 'A', amount: 1.5, tags: [] },
        { symbol: 'é', amount: -70_000, tags: ['x', 'y'] },
      ],
      failures: sizes('/msgpack').map(() => expect.stringMatching(/^EWS_DECODE: msgpack: ./)),
      lengths: sizes('/msgpack'),
    })
  })

  test('Protobuf goes both ways, and what is none is kept for the author', async () => {
    expect(await call('protobuf', '/protobuf', portable)).toEqual({
      read: [
        { symbol: 'A', amount: 1.5, number: String(2n ** 60n), tags: [] },
        { symbol: 'é', amount: 0, number: '0', tags: ['x', 'y'], parent: 'B' },
      ],
      failures: sizes('/protobuf').map(() => expect.stringMatching(/^EWS_DECODE: protobuf: ./)),
      lengths: sizes('/protobuf'),
    })
  })

  test.each(['zod', 'valibot', 'arktype'])('a schema of %s says what is read', async (name) => {
    const refused = 'EWS_DECODE: json: the schema refuses the message: '
    expect(await call(name, '/schema', portable)).toEqual({
      read: [{ symbol: 'A', amount: 1.5 }],
      failures: [
        expect.stringMatching(/^EWS_DECODE: json: /),
        expect.stringContaining(`${refused}symbol: `),
        expect.stringContaining(refused),
      ],
      lengths: sizes('/schema'),
    })
  })

  test('a schema that goes deeper than the stack is an error of its message', async () => {
    expect(await call('deep', '/deep', portable)).toEqual({
      read: [[[]]],
      failures: [expect.stringMatching(/^EWS_DECODE: json: .*stack/)],
      lengths: [5000],
    })
  })

  test('without a listener the first one is a warning in the log, and all are counted', async () => {
    const lines: string[] = []
    const quiet = (): void => {}
    const warn = (line: string): void => void lines.push(line)
    const logger = { debug: quiet, info: quiet, warn, error: warn }
    expect(await call('json', '/json', portable, 'quiet', { logger })).toEqual({
      undecodable: sizes('/json').length,
    })
    const left = lines.filter((line) => line.includes('is left out'))
    expect(left).toEqual([expect.stringContaining('It has 8 characters: "not json"')])
  })
})
