import { encodeRecords, readRecords, RecordType, type RawRecord } from '@extism-ws/protocol'
import { describe, expect, test } from 'vitest'

import { Loop, type RequestHandler } from '../../src/loop/index.js'
import { FakePlatform } from '../fake-platform.js'

const nothing = new Uint8Array(0)

function event(type: number, id: number, text = ''): RawRecord {
  return { type, flags: 0, code: 0, id, payload: new TextEncoder().encode(text) }
}

/** A loop whose requests are written down as they go. */
class Requesting {
  readonly platform = new FakePlatform()
  readonly loop = new Loop(this.platform)
  readonly seen: string[] = []
  readonly handler: RequestHandler = {
    response: (head) => this.#see('response', head),
    body: (chunk) => this.#see('body', chunk),
    end: () => this.#see('end'),
    failed: (error) => this.#see('failed', error),
  }

  #see(what: string, bytes?: Uint8Array): void {
    this.seen.push(bytes === undefined ? what : `${what} ${new TextDecoder().decode(bytes)}`)
  }

  /** One dispatch, before which the host pushes these; answers what it hands over. */
  dispatch(...pushed: RawRecord[]): [type: number, id: number][] {
    if (pushed.length > 0) this.platform.block = encodeRecords(pushed)
    this.loop.dispatch()
    return this.platform.outputs
      .splice(0)
      .flatMap((block) => [...readRecords(block as Uint8Array)])
      .map((record) => [record?.type ?? 0, record?.id ?? 0])
  }
}

describe('a request', () => {
  test('wants a dispatch, which hands it over once', () => {
    const requesting = new Requesting()
    expect(requesting.loop.deadline()).toBe(Infinity)
    const id = requesting.loop.requests.start(nothing, requesting.handler)
    expect(requesting.loop.deadline()).toBe(0)
    expect(requesting.dispatch()).toEqual([[RecordType.request, id]])
    expect(requesting.dispatch()).toEqual([])
    expect(requesting.loop.deadline()).toBe(Infinity)
  })

  test('is handed over by the next dispatch when this one was cut off', () => {
    const requesting = new Requesting()
    const id = requesting.loop.requests.start(nothing, requesting.handler)
    requesting.platform.onOutput = () => {
      throw new Error('cut off')
    }
    expect(() => requesting.dispatch()).toThrow('cut off')
    requesting.platform.onOutput = () => {}
    expect(requesting.dispatch()).toEqual([[RecordType.request, id]])
  })

  test('hears of its response, the parts of the body and the end, in order', () => {
    const requesting = new Requesting()
    const id = requesting.loop.requests.start(nothing, requesting.handler)
    requesting.dispatch()
    requesting.dispatch(
      event(RecordType.response, id, '{}'),
      event(RecordType.body, id, 'one'),
      event(RecordType.body, id, 'two'),
    )
    requesting.dispatch(event(RecordType.end, id))
    expect(requesting.seen).toEqual(['response {}', 'body one', 'body two', 'end'])
  })

  test('hears nothing behind its end or its failure', () => {
    const requesting = new Requesting()
    const first = requesting.loop.requests.start(nothing, requesting.handler)
    const second = requesting.loop.requests.start(nothing, requesting.handler)
    requesting.dispatch()
    requesting.dispatch(
      event(RecordType.end, first),
      event(RecordType.body, first, 'late'),
      event(RecordType.failed, second, 'x'),
      event(RecordType.failed, second, 'y'),
    )
    expect(requesting.seen).toEqual(['end', 'failed x'])
  })

  test('that is given up hears nothing more, and the host is told', () => {
    const requesting = new Requesting()
    const id = requesting.loop.requests.start(nothing, requesting.handler)
    requesting.dispatch()
    requesting.loop.requests.abort(id)
    expect(requesting.dispatch(event(RecordType.response, id, '{}'))).toEqual([
      [RecordType.abort, id],
    ])
    expect(requesting.seen).toEqual([])
  })

  test('that is given up before the host heard of it is never handed over', () => {
    const requesting = new Requesting()
    requesting.loop.requests.abort(requesting.loop.requests.start(nothing, requesting.handler))
    expect(requesting.dispatch()).toEqual([])
  })

  test('whose handler throws is reported, and the others go on', () => {
    const requesting = new Requesting()
    const bad = requesting.loop.requests.start(nothing, {
      ...requesting.handler,
      response: () => {
        throw new Error('bad handler')
      },
    })
    const good = requesting.loop.requests.start(nothing, requesting.handler)
    requesting.dispatch(event(RecordType.response, bad), event(RecordType.end, good))
    expect(requesting.platform.reports()).toEqual(['Uncaught Error: bad handler'])
    expect(requesting.seen).toEqual(['end'])
  })

  test('that nobody made, and a block that is cut short, are ignored', () => {
    const requesting = new Requesting()
    requesting.dispatch(event(RecordType.response, 77, '{}'))
    requesting.platform.block = new Uint8Array([1, 2, 3])
    requesting.dispatch()
    expect(requesting.seen).toEqual([])
    expect(requesting.platform.reports()).toEqual([])
  })
})
