import { EwsError, RecordType } from '@extism-ws/protocol'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { check, checkOpen, open, type ConnectionHandler } from '../src/connections.js'
import { Form, type MessageTarget } from '../src/message-target.js'
import { dispatch, engine, host } from './fake-bridge.js'

/** Keeps what it is told, as text. */
class Recorder implements ConnectionHandler {
  readonly heard: string[] = []

  opened(about: { url: string; protocol: string; extensions: string }): void {
    this.heard.push(`open ${about.url} ${about.protocol} ${about.extensions}`)
  }
  readonly target: MessageTarget = {
    form: Form.buffer,
    accept: (data) => {
      this.heard.push(`message ${typeof data === 'string' ? data : `${data.byteLength} bytes`}`)
    },
  }
  failed(error: EwsError): void {
    this.heard.push(`error ${error.code} ${error.message}`)
  }
  drained(): void {
    this.heard.push('drain')
  }
  closed(code: number, reason: string, wasClean: boolean): void {
    this.heard.push(`close ${code} ${reason} ${wasClean}`)
  }
}

beforeEach(() => {
  engine.reports.length = 0
})

afterEach(async () => {
  host.endAll()
  await dispatch()
})

describe('events', () => {
  test('go to the handler of their connection, in order', async () => {
    const one = new Recorder()
    const two = new Recorder()
    open({ url: 'ws://one/' }, one)
    const first = host.last
    open({ url: 'ws://two/' }, two)
    const second = host.last
    second.open({ protocol: 'chat', extensions: 'x' })
    first.open().message('hello')
    second.message(Uint8Array.of(1, 2, 3)).drain()
    first.fail('EWS_PROTOCOL', 'malformed frame').end(1002, 'bad', true)
    await dispatch()
    expect(one.heard).toEqual([
      'open ws://one/  ',
      'message hello',
      'error EWS_PROTOCOL malformed frame',
      'close 1002 bad true',
    ])
    expect(two.heard).toEqual(['open ws://two/ chat x', 'message 3 bytes', 'drain'])
  })

  test('of an unknown socket are ignored', async () => {
    const recorder = new Recorder()
    open({ url: 'ws://one/' }, recorder)
    host.last.end().message('after the end')
    await dispatch()
    expect(recorder.heard).toEqual(['close 1006  false'])
    expect(engine.reports).toEqual([])
  })

  test('a close without a code is 1005', async () => {
    const recorder = new Recorder()
    open({ url: 'ws://one/' }, recorder)
    host.last.end(0, '', true)
    await dispatch()
    expect(recorder.heard).toEqual(['close 1005  true'])
  })

  test('a handler that throws is reported, and the next event is delivered', async () => {
    const recorder = new Recorder()
    open(
      { url: 'ws://one/' },
      Object.assign(recorder, {
        target: {
          form: Form.buffer,
          accept: () => {
            throw new Error('boom')
          },
        },
      }),
    )
    host.last.message('x').end(1000)
    await dispatch()
    expect(engine.takeReports()).toEqual(['boom'])
    expect(recorder.heard).toEqual(['close 1000  true'])
  })

  test('of a type that this version does not know are ignored', async () => {
    const recorder = new Recorder()
    const id = open({ url: 'ws://one/' }, recorder)
    const poll = host.poll.bind(host)
    host.poll = (_timeout, deliver) => {
      deliver(99, 0, 0, id, new ArrayBuffer(0))
      deliver(RecordType.drain, 0, 0, id, new ArrayBuffer(0))
      return 2
    }
    await dispatch()
    host.poll = poll
    expect(recorder.heard).toEqual(['drain'])
  })
})

describe('the source of events', () => {
  test('expects some for as long as a connection has not ended', async () => {
    open({ url: 'ws://one/' }, new Recorder())
    const one = host.last
    open({ url: 'ws://two/' }, new Recorder())
    const two = host.last
    one.end()
    await dispatch()
    expect(engine.source?.expecting()).toBe(true)
    two.end()
    await dispatch()
    expect(engine.source?.expecting()).toBe(false)
  })

  test('says that events were fetched and not delivered', async () => {
    open({ url: 'ws://one/' }, new Recorder())
    host.last.message('x').end()
    engine.source?.poll(0)
    expect(engine.source?.undelivered()).toBe(true)
    await dispatch()
    expect(engine.source?.undelivered()).toBe(false)
  })

  test('throws when the host cannot be polled', () => {
    host.refusal = new EwsError('EWS_INTERNAL', 'the inbox is broken')
    expect(() => engine.source?.poll(0)).toThrow('the inbox is broken')
  })
})

describe('results of host functions', () => {
  test('are themselves when they are no errors', () => {
    expect(check(0)).toBe(0)
    expect(check(7)).toBe(7)
    expect(checkOpen(0)).toBe(true)
  })

  test('an error is thrown with what the host says of it', () => {
    host.refusal = new EwsError('EWS_LIMIT', 'too many sockets')
    expect(() => open({ url: 'ws://one/' }, new Recorder())).toThrow(
      expect.objectContaining({ code: 'EWS_LIMIT', message: 'too many sockets' }),
    )
  })

  test('a connection that was refused hears of nothing', async () => {
    const recorder = new Recorder()
    host.refusal = new EwsError('EWS_DENIED', 'not on the list')
    expect(() => open({ url: 'ws://one/' }, recorder)).toThrow('not on the list')
    await dispatch()
    expect(recorder.heard).toEqual([])
  })

  test.each(['EWS_CLOSED', 'EWS_BAD_SOCKET'] as const)(
    '%s of a socket says that it has ended',
    (code) => {
      expect(checkOpen(new EwsError(code, 'x').errno)).toBe(false)
    },
  )

  test('other errors of a socket are thrown', () => {
    host.refusal = new EwsError('EWS_LIMIT', 'the send buffer is full')
    const result = host.send(1, 1, 'x')
    expect(() => checkOpen(result)).toThrow('the send buffer is full')
  })
})
