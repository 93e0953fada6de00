import { directFunctions, namespace, portableFunctions } from '@extism-ws/protocol'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'

import { BlockPool } from '../../src/bridge/block-pool.js'
import { GuestMemory } from '../../src/bridge/direct.js'
import { EntryExports } from '../../src/bridge/entry-exports.js'
import type { CallContext } from '../../src/bridge/sdk.js'
import { hostFunctions } from '../../src/host-functions.js'
import { defaultLimits } from '../../src/limits.js'
import type { Mode } from '../../src/mode/mode.js'
import { Session } from '../../src/session/session.js'
import { sessionSettings } from '../session-settings.js'
import { Variables } from '../../src/variables.js'
import { TestServer } from '../server.js'
import { wrongAnswer } from './answers.js'
import { hostCalls, type HostCall } from './calls.js'
import { Neighbour } from './neighbour.js'
import { pieces, type Piece } from './pieces.js'

const pages = 2
const callsPerRun = 400
const runs = 110

/** Extism memory as the SDK has it: blocks by their index. */
class Blocks implements CallContext {
  readonly #blocks: Uint8Array[]

  constructor(known: readonly Piece[]) {
    this.#blocks = [new Uint8Array(1), ...known.map(({ bytes }) => bytes.slice())]
  }

  read(offset: bigint): { bytes(): Uint8Array } | null {
    const block = this.#blocks[Number(offset >> 48n)]
    return block === undefined ? null : { bytes: () => block }
  }

  store(data: string | Uint8Array): bigint {
    const block = typeof data === 'string' ? new TextEncoder().encode(data) : data
    return BigInt(this.#blocks.push(block) - 1) << 48n
  }

  alloc(size: bigint): bigint {
    return this.store(new Uint8Array(Number(size)))
  }
}

/** A guest with memory of its own, and a session that waits or does not. */
class FuzzedGuest {
  readonly session: Session
  readonly #functions: Record<string, (...args: never[]) => unknown>
  readonly #context: Blocks
  /** Waits that are under way. */
  readonly waiting: Promise<void>[] = []
  readonly wrong: string[] = []

  constructor(origin: string, mode: Mode, known: readonly Piece[]) {
    const limits = { ...defaultLimits, sockets: 4, closeTimeoutMs: 200, inboxEvents: 8 }
    this.session = new Session(sessionSettings([origin], limits), mode)
    this.session.track(true)
    const linear = new WebAssembly.Memory({ initial: pages })
    for (const { offset, bytes } of known) new Uint8Array(linear.buffer).set(bytes, offset)
    const memory = new GuestMemory()
    memory.set(linear)
    const entry = new EntryExports(memory)
    const variables = new Variables(() => {})
    const suspends = mode === 'jspi'
    const blocks = new BlockPool()
    const parts = { session: this.session, memory, entry, blocks, variables, suspends }
    this.#functions = hostFunctions(parts)[namespace] ?? {}
    this.#context = new Blocks(known)
  }

  call({ name, args }: HostCall): void {
    made.set(name, (made.get(name) ?? 0) + 1)
    const run = this.#functions[name] as (...all: unknown[]) => unknown
    try {
      const answer = run(this.#context, ...args)
      if (!(answer instanceof Promise)) return this.#check(name, answer)
      this.waiting.push(
        answer.then(
          (later) => this.#check(name, later),
          (error) => void this.wrong.push(`${name} rejected: ${String(error)}`),
        ),
      )
    } catch (error) {
      this.wrong.push(`${name} threw: ${String(error)}`)
    }
  }

  #check(name: string, answer: unknown): void {
    const wrong = wrongAnswer(name, answer)
    if (wrong !== undefined) this.wrong.push(wrong)
  }
}

let server: TestServer
let neighbour: Neighbour
/** Calls so far, by function. */
const made = new Map<string, number>()

beforeAll(async () => {
  server = await TestServer.start()
  neighbour = await Neighbour.connect(server.origin)
})
afterAll(async () => {
  await neighbour[Symbol.asyncDispose]()
  await server.idle()
  await server[Symbol.asyncDispose]()
})

it.each([
  ['event', [0, 1, -1, -2, 2 ** 31 - 1, -(2 ** 31)]],
  ['jspi', [0, 0, 0, 1, 2, -1, -2, 2 ** 31 - 1, -(2 ** 31)]],
] as const)(
  'survives any sequence of calls in %s mode, and keeps nothing open',
  async (mode, timeouts) => {
    const known = pieces(server.origin)
    const blocks = known.map((_, at) => BigInt(at + 1) << 48n)
    const settings = { memoryBytes: pages * 65_536, pieces: known, blocks, timeouts }
    // `null`: the event loop turns, and servers answer.
    const step = fc.oneof(
      { weight: 60, arbitrary: hostCalls(settings) },
      { weight: 2, arbitrary: fc.constant(null) },
    )
    const steps = fc.array(step, { minLength: callsPerRun, maxLength: callsPerRun * 2 })
    await fc.assert(
      fc.asyncProperty(steps, async (sequence) => {
        const guest = new FuzzedGuest(server.origin, mode, known)
        for (const call of sequence) {
          if (call === null) await new Promise((resolve) => setTimeout(resolve, 1))
          else guest.call(call)
        }
        const disposal = guest.session.dispose()
        // Whoever waits is woken, and calls that come too late are answered.
        for (const call of sequence.slice(0, 50)) if (call !== null) guest.call(call)
        await Promise.all([disposal, ...guest.waiting])
        expect(guest.wrong).toEqual([])
        expect(guest.session.socketCount).toBe(0)
        while (server.connections > 1) await new Promise((resolve) => setTimeout(resolve, 1))
        expect(await neighbour.echo()).toBe(true)
      }),
      { numRuns: runs, endOnFailure: true },
    )
  },
  60_000,
)

it('has made more than 100,000 calls by now, of every function', () => {
  const names = Object.keys({ ...portableFunctions, ...directFunctions })
  const least = 100_000 / names.length / 2
  expect(names.filter((name) => (made.get(name) ?? 0) < least)).toEqual([])
  expect([...made.values()].reduce((sum, calls) => sum + calls)).toBeGreaterThan(100_000)
})
