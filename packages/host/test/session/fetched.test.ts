import { Progress, type RawRecord } from '@extism-ws/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { Fetched } from '../../src/session/fetched.js'

/** Where one event is, as the guest tells. */
type Place = 'fetched' | 'delivering' | 'kept' | 'taken'

interface Known {
  readonly record: RawRecord
  place: Place
}

/** The same in the plainest way: one list, in the order of fetching. */
class Model {
  #events: Known[] = []

  add(record: RawRecord, kept: boolean): void {
    this.#events.push({ record, place: kept ? 'kept' : 'fetched' })
  }

  advance(socket: number, step: number): void {
    const first = (place: Place): Known | undefined =>
      this.#events.find((each) => each.record.id === socket && each.place === place)
    if (step === Progress.delivering) {
      if (!this.has(socket)) return
      const next = first('fetched')
      this.#drop('delivering')
      if (next !== undefined) next.place = 'delivering'
    } else if (step === Progress.delivered) this.#drop('delivering')
    else if (step === Progress.kept) this.#keep(socket)
    else if (step === Progress.handed) this.#hand(socket)
    else if (step === Progress.taken || step === Progress.takenToo) {
      const next = first('kept')
      if (step === Progress.taken) this.#drop('taken', socket)
      if (next !== undefined) next.place = 'taken'
    } else if (step === Progress.done) this.#drop('taken', socket)
  }

  /** Behind what its queue has already. */
  #keep(socket: number): void {
    const event = this.#events.find(({ place }) => place === 'delivering')
    this.#drop('delivering')
    // What belongs to another socket is nonsense.
    if (event?.record.id !== socket) return
    this.#events.push({ record: event.record, place: 'kept' })
  }

  /** To a reader, past the queue: what that one had before is done. */
  #hand(socket: number): void {
    const event = this.#events.find(({ place }) => place === 'delivering')
    if (event?.record.id === socket) {
      this.#drop('taken', socket)
      event.place = 'taken'
    } else this.#drop('delivering')
  }

  #drop(place: Place, socket?: number): void {
    this.#events = this.#events.filter(
      (each) => each.place !== place || (socket !== undefined && each.record.id !== socket),
    )
  }

  has(socket: number): boolean {
    return this.#events.some(({ record }) => record.id === socket)
  }

  lost(places: readonly Place[]): RawRecord[] {
    const lost = this.#events.filter(({ place }) => places.includes(place))
    return lost.map(({ record }) => record).sort((a, b) => a.code - b.code)
  }
}

type Step = (fetched: Fetched, model: Model, number: number) => void

const sockets = fc.integer({ min: 1, max: 3 })
const steps: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(sockets, fc.boolean()).map(([id, kept]): Step => (fetched, model, code) => {
    const record = recordOf(id, code)
    fetched.add(record, kept)
    model.add(record, kept)
  }),
  fc.tuple(sockets, fc.integer({ min: -1, max: 8 })).map(([id, step]): Step => (fetched, model) => {
    fetched.advance(id, step)
    model.advance(id, step)
  }),
)

/** An event with its place in the order of fetching as its code. */
function recordOf(id: number, code: number): RawRecord {
  return { type: 2, flags: 0, code, id, payload: new Uint8Array(0) }
}

describe('what was fetched and not handled', () => {
  it('is what the guest says, whatever it says', () => {
    fc.assert(
      fc.property(fc.array(steps, { maxLength: 60 }), fc.boolean(), (sequence, reports) => {
        const fetched = new Fetched()
        const model = new Model()
        for (const [at, step] of sequence.entries()) {
          step(fetched, model, at)
          for (const id of [1, 2, 3]) expect(fetched.has(id)).toBe(model.has(id))
        }
        const { taken, untaken } = fetched.lose(reports)
        const all: Place[] = ['fetched', 'delivering', 'kept', 'taken']
        expect(taken).toEqual(model.lost(reports ? ['delivering', 'taken'] : all))
        expect(untaken).toEqual(reports ? model.lost(['fetched', 'kept']) : [])
        expect(fetched.lose(reports)).toEqual({ taken: [], untaken: [] })
      }),
      { numRuns: 2000 },
    )
  })

  it('is untaken until its handler runs, and taken while it does', () => {
    const fetched = new Fetched()
    const [first, second] = [recordOf(1, 1), recordOf(1, 2)]
    fetched.add(first, false)
    fetched.add(second, false)
    fetched.advance(1, Progress.delivering)
    expect(fetched.lose(true)).toEqual({ taken: [first], untaken: [second] })
  })

  it('is untaken in its queue, and taken from the moment when it was taken out', () => {
    const fetched = new Fetched()
    const [first, second] = [recordOf(1, 1), recordOf(1, 2)]
    for (const record of [first, second]) {
      fetched.add(record, false)
      fetched.advance(1, Progress.delivering)
      fetched.advance(1, Progress.kept)
    }
    fetched.advance(1, Progress.taken)
    expect(fetched.lose(true)).toEqual({ taken: [first], untaken: [second] })
  })

  it('is taken together with others that are handled at once', () => {
    const fetched = new Fetched()
    const records = [1, 2, 3].map((code) => recordOf(1, code))
    for (const record of records) fetched.add(record, true)
    fetched.advance(1, Progress.taken)
    fetched.advance(1, Progress.takenToo)
    expect(fetched.lose(true)).toEqual({ taken: records.slice(0, 2), untaken: records.slice(2) })
    for (const record of records) fetched.add(record, true)
    fetched.advance(1, Progress.taken)
    fetched.advance(1, Progress.takenToo)
    fetched.advance(1, Progress.done)
    expect(fetched.lose(true)).toEqual({ taken: [], untaken: records.slice(2) })
  })

  it('is nothing when it was handled', () => {
    const fetched = new Fetched()
    fetched.add(recordOf(1, 1), false)
    fetched.add(recordOf(2, 2), true)
    fetched.advance(1, Progress.delivering)
    fetched.advance(1, Progress.delivered)
    fetched.advance(2, Progress.taken)
    fetched.advance(2, Progress.done)
    expect([fetched.has(1), fetched.has(2)]).toEqual([false, false])
    expect(fetched.lose(true)).toEqual({ taken: [], untaken: [] })
  })

  it('comes back in the order in which it was fetched, over all sockets', () => {
    const fetched = new Fetched()
    const records = [2, 1, 2, 3, 1].map((id, code) => recordOf(id, code))
    for (const record of records) fetched.add(record, record.code % 2 === 0)
    expect(fetched.lose(true).untaken).toEqual(records)
  })
})
