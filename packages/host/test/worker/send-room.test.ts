import { errorNumbers } from '@extism-ws/protocol'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocketServer, type WebSocket } from 'ws'

import { createPlugin } from '../../src/index.js'
import { hostedBy } from '../contract/hosting.js'
import { callerModule, decodeAnswers, encodeCalls } from '../fuzz/caller-module.js'
import type { HostCall } from '../fuzz/calls.js'

const mebibyte = 2 ** 20

describe('a plugin on a thread of its own that sends more than its server reads', () => {
  let server: WebSocketServer

  beforeEach(async () => {
    server = new WebSocketServer({ port: 0, host: '127.0.0.1', maxPayload: 2 ** 28 })
    await once(server, 'listening')
  })
  afterEach(async () => {
    for (const socket of server.clients) socket.terminate()
    await new Promise((resolve) => server.close(resolve))
  })

  // Large messages do not go through the ring, and small ones do: both fill the same buffer.
  it.each([15, 17])(
    'is told of every message that is not taken behind one of %i MiB',
    async (first) => {
      const origin = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
      const url = new TextEncoder().encode(origin)
      const known = [{ offset: 0, bytes: url }]
      await using plugin = await createPlugin(callerModule(16 * 18, known, false), {
        ...hostedBy({ sdk: '1.0.3', layer: 'direct', mode: 'worker' }),
        sockets: { allow: [origin] },
        timeoutMs: 20_000,
        logLevel: 'silent',
      })
      const run = async (calls: readonly HostCall[]): Promise<(number | bigint)[]> => {
        const output = await plugin.call('run', encodeCalls(known, calls))
        return output === null ? [] : decodeAnswers(known, calls, output)
      }
      const connection = once(server, 'connection') as Promise<[WebSocket]>
      expect(await run([{ name: 'ws_direct_connect', args: [0, url.length] }])).toEqual([1])
      const [socket] = await connection
      socket.pause()
      let received = 0
      socket.on('message', () => received++)

      const sizes = [first * mebibyte, ...Array.from({ length: 20 }, () => mebibyte / 5)]
      const answers = await run(
        sizes.map((size) => ({ name: 'ws_direct_send', args: [1, 2, 0, Math.floor(size)] })),
      )
      expect(answers).toContain(errorNumbers.EWS_LIMIT)
      const accepted = answers.filter((answer) => answer === 0).length
      socket.resume()
      await run([{ name: 'ws_direct_close', args: [1, 1000, 0, 0] }])
      await once(socket, 'close')
      expect(received).toBe(accepted)
    },
  )
})
