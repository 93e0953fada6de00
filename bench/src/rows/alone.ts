import { moduleOf } from '../plugins.js'
import { scaled, type Metric, type Row, type Setting, type Side } from '../row.js'
import { AloneGuest, messages } from '../sides/alone.js'
import { aloneSide } from '../sides/alone-client.js'
import { rawSide } from '../sides/raw.js'
import { echoRow } from './echo.js'

// The guest without host and network: what is left of a message's price when everything else is taken away.

const perMessage = (name: string): Metric => ({ name, unit: 'µs/message', better: 'less' })

type Open = 'openSocket' | 'openWebSocket'

async function guest(open: Open): Promise<AloneGuest> {
  const module = await WebAssembly.compile((await moduleOf('alone')) as BufferSource)
  const made = new AloneGuest(module)
  made.enter(open)
  made.open()
  return made
}

function row(
  name: string,
  metrics: readonly Metric[],
  sides: (setting: Setting) => Promise<Side[]>,
): Row {
  const open = async (setting: Setting): ReturnType<Row['open']> => ({
    sides: await sides(setting),
    async [Symbol.asyncDispose]() {},
  })
  return { name, metrics, warmUps: 3, open }
}

/** Delivers blocks of messages to a guest that has been told how to read; microseconds for each message. */
function delivery(to: AloneGuest, size: number, most: number, total: number): () => number {
  const { block, count } = messages(size, most)
  const times = Math.max(1, Math.round(total / count))
  return () => {
    const began = performance.now()
    for (let left = times; left > 0; left--) to.deliver(block)
    return ((performance.now() - began) * 1000) / (times * count)
  }
}

async function reader(
  name: string,
  [open, takes, reads]: readonly [Open, string, string],
  size: number,
  total: number,
): Promise<Side> {
  const runs = await Promise.all(
    [takes, reads].map(async (how) => {
      const made = await guest(open)
      made.enter(how)
      return delivery(made, size, Infinity, total)
    }),
  )
  return { name, run: async () => runs.map((run) => run()) }
}

const readers = [
  ['raw callback', ['openSocket', 'callback', 'callbackReads']],
  ['WebSocket', ['openWebSocket', 'webSocketTakes', 'webSocketReads']],
  ['for await', ['openSocket', 'forAwait', 'forAwaitReads']],
  ['batch', ['openSocket', 'batches', 'batchesRead']],
] as const

const receiving = [
  ['64 B', 64, 100_000],
  ['1 KiB', 1024, 50_000],
  // As large as fits into a block with its header.
  ['64 KB', 65_000, 2000],
] as const

const echoers = [
  ['raw callback', 'openSocket', 'callbackEchoes'],
  ['WebSocket', 'openWebSocket', 'webSocketEchoes'],
] as const

const roundTrips = [
  ['64 B', 64],
  ['1 KiB', 1024],
] as const

async function echoing(): Promise<AloneGuest> {
  const made = await guest('openSocket')
  made.enter('callbackEchoes')
  return made
}

/** Each does a thousand of what it is about. */
const loops = {
  sending: [
    ['connect', 'openSocket', 'sendBySocket'],
    ['WebSocket', 'openWebSocket', 'sendByWebSocket'],
    ['WebSocket, text', 'openWebSocket', 'sendText'],
  ],
  interpreter: [
    ['loop', 'openSocket', 'loop'],
    ['call', 'openSocket', 'calls'],
    ['new Uint8Array', 'openSocket', 'views'],
    ['for await', 'openSocket', 'forAwaitNothing'],
  ],
} as const

function looping(of: readonly (readonly [string, Open, string])[]) {
  return ({ effort }: Setting): Promise<Side[]> =>
    Promise.all(
      of.map(async ([name, open, how]) => {
        const made = await guest(open)
        const times = scaled(100, effort)
        const run = async (): Promise<number[]> => {
          const began = performance.now()
          for (let left = times; left > 0; left--) made.enter(how)
          return [(performance.now() - began) / times]
        }
        return { name, run }
      }),
    )
}

export const aloneRows: readonly Row[] = [
  ...receiving.map(([name, size, total]) =>
    row(
      `guest alone: receive, ${name}`,
      [perMessage('taken'), perMessage('read to the end')],
      ({ effort }) =>
        Promise.all(readers.map(([api, how]) => reader(api, how, size, scaled(total, effort)))),
    ),
  ),
  ...receiving.map(([name, size, total]) =>
    row(`guest alone: echo one by one, ${name}`, [perMessage('dispatch')], ({ effort }) =>
      Promise.all(
        echoers.map(async ([api, open, how]) => {
          const made = await guest(open)
          made.enter(how)
          const run = delivery(made, size, 1, scaled(total / 4, effort))
          return { name: api, run: async () => [run()] }
        }),
      ),
    ),
  ),
  ...roundTrips.map(([name, size]) =>
    echoRow(`guest alone: echo over ws, ${name}`, size, async () => [
      rawSide,
      aloneSide(echoing, size),
    ]),
  ),
  row('guest alone: send, 64 B', [perMessage('send')], looping(loops.sending)),
  row('guest alone: the interpreter', [perMessage('step')], looping(loops.interpreter)),
]
