import { errorNumbers } from '@extism-ws/protocol'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { createPlugin, type Mode, type Plugin } from '../../src/index.js'
import { hostedBy, hostings, named } from '../contract/hosting.js'
import { TestServer } from '../server.js'
import { wrongAnswer } from './answers.js'
import { blockOffsets, callerModule, decodeAnswers, encodeCalls } from './caller-module.js'
import { hostCalls, type HostCall } from './calls.js'
import { Neighbour } from './neighbour.js'
import { pieces } from './pieces.js'

const pages = 4
const runs = 50
const callsPerRun = 80

/** What a wait may be told; where the guest really waits, not longer than the test has time. */
const timeouts = {
  event: [0, 1, -1, -2, 2 ** 31 - 1, -(2 ** 31)],
  worker: [0, 0, 0, 1, 2, -2, -(2 ** 31)],
}

let server: TestServer
let neighbour: Neighbour

beforeAll(async () => {
  server = await TestServer.start()
  neighbour = await Neighbour.connect(server.origin)
})
afterAll(async () => {
  await neighbour[Symbol.asyncDispose]()
  await server.idle()
  await server[Symbol.asyncDispose]()
})

const ways = (['event', 'worker'] as const).flatMap((mode) =>
  hostings(mode)
    // The module calls both layers.
    .filter(({ layer }) => layer === 'direct')
    .flatMap((hosting) =>
      [false, true].map((attached) => ({
        mode,
        hosting,
        attached,
        title: `${attached ? 'an attached guest' : 'a foreign module'}: ${named(hosting)}`,
      })),
    ),
)

describe.each(ways)('$title', ({ mode, hosting, attached }) => {
  let plugin: Plugin
  const known = () => pieces(server.origin)

  const run = async (calls: readonly HostCall[]): Promise<(number | bigint)[]> => {
    const output = await plugin.call('run', encodeCalls(known(), calls))
    return output === null ? [] : decodeAnswers(known(), calls, output)
  }

  const create = (): Promise<Plugin> =>
    createPlugin(callerModule(pages, known(), attached), {
      ...hostedBy(hosting),
      sockets: {
        allow: [server.origin],
        sockets: 4,
        connectTimeoutMs: 50,
        closeTimeoutMs: 200,
        inboxEvents: 8,
      },
      timeoutMs: 20_000,
      logLevel: 'silent',
    })

  beforeAll(async () => {
    plugin = await create()
  })
  afterAll(async () => {
    await plugin.close()
    expect(plugin.open).toEqual({ sockets: 0, requests: 0, calls: 0 })
    while (server.connections > 1) await new Promise((resolve) => setTimeout(resolve, 1))
  })

  it('finds blocks where the generated calls expect them', async () => {
    const output = await plugin.call('run', encodeCalls(known(), []))
    const found = known().map((_, at) => output?.getBigInt64(at * 8, true))
    expect(found).toEqual(blockOffsets(known()))
  })

  it('lives on whatever it passes, and gets nothing but answers of the ABI', async () => {
    const settings = {
      memoryBytes: pages * 65_536,
      pieces: known(),
      blocks: blockOffsets(known()),
      timeouts: timeouts[mode satisfies Mode],
    }
    const calls = fc.array(hostCalls(settings), { minLength: callsPerRun, maxLength: callsPerRun })
    await fc.assert(
      fc.asyncProperty(calls, async (sequence) => {
        const answers = await run(sequence)
        const wrong = sequence.flatMap(({ name }, at) => wrongAnswer(name, answers[at]) ?? [])
        expect(wrong).toEqual([])
        expect(await neighbour.echo()).toBe(true)
      }),
      { numRuns: runs, endOnFailure: true },
    )
    expect(plugin.restarts).toBe(0)
  })

  it.skipIf(mode === 'event')('is woken from a wait without a limit by dispose', async () => {
    await using idle = await create()
    const calls = [{ name: 'ws_direct_poll', args: [-1, 131_072, 4096] }]
    const waiting = idle.call('run', encodeCalls(known(), calls))
    while (!idle.isActive()) await new Promise((resolve) => setTimeout(resolve, 1))
    await idle.close()
    const output = await waiting
    const answers = output === null ? [] : decodeAnswers(known(), calls, output)
    expect(answers).toEqual([errorNumbers.EWS_CLOSED])
  })
})
