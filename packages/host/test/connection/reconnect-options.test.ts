import { EwsError, type ErrorCode } from '@extism-ws/protocol'
import { describe, expect, it } from 'vitest'

import { delayOf, isPassing, reconnectFrom } from '../../src/connection/reconnect-options.js'
import { createPlugin, type SocketOptions } from '../../src/index.js'

describe('the delay before an attempt', () => {
  const options = reconnectFrom({ firstDelayMs: 100, factor: 2, maxDelayMs: 1000 })

  it('grows up to its bound', () => {
    const most = [1, 2, 3, 4, 5, 50, 2000].map((attempt) => delayOf(attempt, options, () => 1))
    expect(most).toEqual([100, 200, 400, 800, 1000, 1000, 1000])
  })

  it('is anything from none up to its bound, evenly', () => {
    const delays = Array.from({ length: 10_000 }, () => delayOf(4, options))
    const tenths = Array.from({ length: 10 }, (_, i) =>
      delays.filter((delay) => Math.floor(delay / 80) === i),
    )
    for (const tenth of tenths) expect(Math.abs(tenth.length - 1000)).toBeLessThan(200)
  })
})

describe('options that make no sense', () => {
  it.each<[SocketOptions, RegExp]>([
    [{ reconnect: { factor: 0.5 } }, /sockets\.reconnect\.factor must be 1 or more, got 0\.5/],
    [{ reconnect: { firstDelayMs: 0 } }, /sockets\.reconnect\.firstDelayMs .* got 0/],
    [{ reconnect: { firstDelayMs: NaN } }, /firstDelayMs/],
    [{ reconnect: { attempts: Infinity } }, /attempts must be a positive, finite number/],
    [{ reconnect: { firstDelayMs: 50, maxDelayMs: 10 } }, /maxDelayMs \(10\) must not be less/],
    [{ reconnect: { stopCodes: [1000, 99] } }, /stopCodes must be close codes .* got 99/],
    [{ reconnect: { retryIf: 'always' as never } }, /retryIf must be a function, got always/],
    [
      { reconnect: { queueBytes: 2 ** 30 } },
      /queueBytes .* must not be more than sockets\.sendBuffer/,
    ],
    [{ heartbeat: { intervalMs: 0 } }, /sockets\.heartbeat\.intervalMs/],
    [{ heartbeat: { timeoutMs: -1 } }, /sockets\.heartbeat\.timeoutMs/],
    [{ messageBytes: 0.5 }, /sockets\.messageBytes must be a whole number/],
    [{ messageBytes: 2 ** 31 }, /sockets\.messageBytes must be a whole number below 2 GiB/],
    [{ fragments: 1.5 }, /sockets\.fragments/],
    [{ idleTimeoutMs: Infinity }, /sockets\.idleTimeoutMs/],
    [{ bytesPerSecond: 0 }, /sockets\.bytesPerSecond/],
    [{ connectsPerMinute: -1 }, /sockets\.connectsPerMinute/],
  ])('%j are refused', async (sockets, message) => {
    const module = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)
    await expect(createPlugin(module, { sockets })).rejects.toThrow(message)
    await expect(createPlugin(module, { sockets })).rejects.toBeInstanceOf(TypeError)
  })
})

describe('a failure', () => {
  it.each<[ErrorCode, number | undefined, boolean]>([
    ['EWS_CONNECT', undefined, true],
    ['EWS_TIMEOUT', undefined, true],
    ['EWS_TLS', undefined, false],
    ['EWS_DENIED', undefined, false],
    ['EWS_PROTOCOL', undefined, false],
    ['EWS_LIMIT', undefined, false],
    ['EWS_HANDSHAKE', 400, false],
    ['EWS_HANDSHAKE', 404, false],
    ['EWS_HANDSHAKE', 408, true],
    ['EWS_HANDSHAKE', 425, true],
    ['EWS_HANDSHAKE', 429, true],
    ['EWS_HANDSHAKE', 502, true],
    ['EWS_HANDSHAKE', 302, true],
  ])('%s %s may pass: %s', (code, status, passes) => {
    const facts = status === undefined ? {} : { status }
    expect(isPassing(new EwsError(code, 'x', facts))).toBe(passes)
  })
})
