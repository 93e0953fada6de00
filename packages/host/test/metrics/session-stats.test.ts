import { EwsError } from '@extism-ws/protocol'
import { beforeEach, describe, expect, it } from 'vitest'

import type { Log } from '../../src/log.js'
import { SessionStats } from '../../src/metrics/session-stats.js'

const href = 'wss://feed.example/btc?token=secret'
const lines: string[] = []
const line =
  (level: string) =>
  (message: string): number =>
    lines.push(`${level} ${message}`)
const log: Log = {
  debug: line('debug'),
  info: line('info'),
  warn: line('warn'),
  error: line('error'),
  enabled: () => true,
}
const down = new EwsError('EWS_CONNECT', `cannot connect to ${href}: no route`)

let stats: SessionStats

beforeEach(() => {
  lines.length = 0
  stats = new SessionStats({ plugin: 'ticker', session: 7 }, log)
})

function begin(id: number, url = href) {
  const counters = stats.of(new URL(url))
  const socket = { id, url, counters }
  stats.connecting(socket)
  return { socket, counters }
}

describe('what is counted of a session', () => {
  it('tells open connections, those that ended, and attempts that failed', () => {
    const first = begin(1)
    stats.opened(first.socket, false)
    const second = begin(2)
    stats.opened(second.socket, false)
    stats.closed(second.socket, 1000, true)
    const third = begin(3)
    stats.failed(third.socket, down)
    stats.closed(third.socket, 1006, false)
    expect(stats.snapshot()).toMatchObject({
      urls: [{ url: 'wss://feed.example/btc', open: 1, opened: 2, closed: 1, failed: 1 }],
      errors: { EWS_CONNECT: 1 },
      refusals: {},
    })
  })

  it('adds up what sockets of one URL count, also when they have ended', () => {
    const first = begin(1)
    first.counters.messagesReceived += 2
    stats.closed(first.socket, 1000, true)
    // What comes after the end, of a socket that was let go, changes nothing any more.
    const second = begin(2)
    second.counters.messagesReceived += 3
    second.counters.drops++
    expect(stats.snapshot().urls).toMatchObject([{ messagesReceived: 5, drops: 1 }])
    expect(first.counters.messagesReceived).toBe(2)
  })

  it('counts every connection of a socket that reconnects, and failed attempts in between', () => {
    const { socket } = begin(1)
    stats.opened(socket, false)
    stats.reconnecting(socket, 1, 500)
    expect(stats.snapshot().urls).toMatchObject([{ open: 0, closed: 1 }])
    stats.connecting(socket)
    stats.failed(socket, down)
    stats.reconnecting(socket, 2, 1000)
    stats.connecting(socket)
    stats.opened(socket, true)
    const [row] = stats.snapshot().urls
    expect(row).toMatchObject({ open: 1, opened: 2, closed: 1, failed: 1, reconnects: 1 })
    stats.closed(socket, 1000, true)
    expect(stats.snapshot().urls).toMatchObject([{ open: 0, closed: 2 }])
  })

  it('counts an attempt that was given up as failed', () => {
    const { socket } = begin(1)
    stats.closed(socket, 1006, false)
    expect(stats.snapshot()).toMatchObject({ urls: [{ failed: 1, closed: 0 }], errors: {} })
  })

  it('has no row of a socket that did not come to be', () => {
    stats.of(new URL(href))
    stats.refused(href, new EwsError('EWS_LIMIT', 'too many'))
    expect(stats.snapshot()).toMatchObject({ urls: [], refusals: { EWS_LIMIT: 1 } })
  })

  it('counts refusals by their code', () => {
    const denied = new EwsError('EWS_DENIED', `${href} is not in sockets.allow`)
    stats.refused(href, denied)
    stats.refused('no url?at all', denied)
    stats.refused(href, new EwsError('EWS_LIMIT', 'too many'))
    expect(stats.snapshot()).toMatchObject({ refusals: { EWS_DENIED: 2, EWS_LIMIT: 1 }, urls: [] })
  })

  it('counts 64 URLs apart, and the others together', () => {
    const begun = Array.from({ length: 100 }, (_, i) => begin(i, `wss://feed.example/${i}?x=${i}`))
    for (const { socket, counters } of begun) {
      counters.messagesSent++
      stats.opened(socket, false)
    }
    const { urls } = stats.snapshot()
    expect(urls).toHaveLength(65)
    expect(urls.at(-1)).toMatchObject({ url: 'other', open: 36, messagesSent: 36 })
    for (const { socket } of begun) stats.closed(socket, 1000, true)
    expect(stats.snapshot().urls.at(-1)).toMatchObject({ open: 0, closed: 36, messagesSent: 36 })
  })
})

describe('the lines about sockets', () => {
  it('say what happened, without queries and credentials', () => {
    const { socket } = begin(1)
    stats.opened(socket, false)
    stats.failed(socket, down)
    stats.reconnecting(socket, 2, 1234.5)
    stats.connecting(socket)
    stats.opened(socket, true)
    stats.closed(socket, 1001, true)
    stats.refused('wss://user:pass@host/path?key=secret', new EwsError('EWS_DENIED', 'not allowed'))
    const url = 'wss://feed.example/btc'
    expect(lines).toEqual([
      `debug socket 1 is open: ${url}`,
      `warn socket 1: EWS_CONNECT: cannot connect to ${url}: no route`,
      `info socket 1 lost its connection, attempt 2 follows in 1235 ms: ${url}`,
      `debug socket 1 is open again: ${url}`,
      `debug socket 1 closed with 1001: ${url}`,
      'warn refused to connect to wss://host/path: EWS_DENIED: not allowed',
    ])
  })

  it.each([
    ['no url?secret', 'no url'],
    ['//user:secret@host/', '//host/'],
    [`wss://host/${'a'.repeat(500)}`, `wss://host/${'a'.repeat(189)}…`],
  ])('tell whatever a plugin asks for: %s', (asked, told) => {
    stats.refused(asked, new EwsError('EWS_BAD_URL', 'bad'))
    expect(lines).toEqual([`warn refused to connect to ${told}: EWS_BAD_URL: bad`])
  })

  it('are bounded, however often something fails', () => {
    for (let i = 0; i < 1000; i++) stats.refused(href, new EwsError('EWS_DENIED', 'no'))
    expect(lines).toHaveLength(31)
    expect(lines.at(-1)).toMatch(/more than 30 lines .* further ones are left out/)
    expect(stats.snapshot().refusals).toEqual({ EWS_DENIED: 1000 })
  })
})
