import { EwsError } from '@extism-ws/protocol'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'

import { reconnectFrom } from '../../src/connection/reconnect-options.js'
import { Reconnecting } from '../../src/connection/reconnecting.js'
import type { TransportListener } from '../../src/connection/transport.js'
import { ConnectionStats } from '../../src/metrics/connection-stats.js'
import { FakeTransport } from './fake-transport.js'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const about = { url: 'ws://x/', protocol: '', extensions: '' }
const step = fc.constantFrom(
  'open',
  'lost',
  'stop',
  'error',
  'send',
  'send',
  'pause',
  'wait',
  'close',
)

it('a socket that reconnects has one end, whatever happens, and loses no order', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), fc.nat(8), (steps, queueMessages) => {
      const options = reconnectFrom({ firstDelayMs: 10, attempts: 3, queueMessages })
      const connections: { transport: FakeTransport; events: TransportListener }[] = []
      const told: string[] = []
      const tell = (what: string) => (): void => {
        expect(told).not.toContain('closed')
        told.push(what)
      }
      const listener: TransportListener = {
        opened: tell('opened'),
        message: tell('message'),
        failed: tell('failed'),
        closed: tell('closed'),
        reconnecting: tell('reconnecting'),
        trying: tell('trying'),
        reconnected: tell('reconnected'),
      }
      const socket = new Reconnecting(
        {
          options,
          asked: {},
          url: about.url,
          counters: new ConnectionStats(about.url),
          open: (_attempt, events) => {
            const transport = new FakeTransport()
            transport.state = 'connecting'
            connections.push({ transport, events })
            return transport
          },
        },
        listener,
      )
      let next = 0
      let paused = false
      const accepted: number[] = []
      const over = new Set<FakeTransport>()
      const end = (code: number, clean: boolean): void => {
        const last = connections.at(-1)
        if (last === undefined || over.has(last.transport)) return
        over.add(last.transport)
        last.transport.state = 'closed'
        last.events.closed(code, '', clean)
      }
      for (const what of steps) {
        const last = connections.at(-1)
        const alive = last !== undefined && !over.has(last.transport)
        if (what === 'open' && alive && last.transport.state === 'connecting') {
          last.transport.state = 'open'
          last.events.opened(about)
        } else if (what === 'lost') end(1006, false)
        else if (what === 'stop') end(1000, true)
        else if (what === 'error' && alive) {
          last.events.failed(new EwsError('EWS_CONNECT', 'x'))
        } else if (what === 'wait') vi.runOnlyPendingTimers()
        else if (what === 'pause') socket.pause((paused = !paused))
        else if (what === 'close') socket.close(1000, '')
        else if (what === 'send' && socket.state === 'open') {
          const number = next++ % 256
          try {
            socket.send(2, Uint8Array.of(number))
            accepted.push(number)
          } catch (error) {
            expect(error).toMatchObject({ code: 'EWS_LIMIT' })
          }
        }
        const now = connections.at(-1)?.transport
        // While it connects or is open, the newest connection is as paused as the socket.
        if (now !== undefined && !over.has(now)) expect(now.paused).toBe(paused)
        expect(told.filter((each) => each === 'closed').length).toBeLessThanOrEqual(1)
      }
      // Those that closed it get their end, and no timer is left.
      socket.close(1000, '')
      end(1000, true)
      expect(told.filter((each) => each === 'closed')).toHaveLength(1)
      expect(socket.state).toBe('closed')
      expect(vi.getTimerCount()).toBe(0)
      // What was sent is what was accepted, in order, but what waited when it ended.
      const sent = connections.flatMap(({ transport }) => transport.sent)
      expect(accepted.slice(0, sent.length)).toEqual(sent)
      expect(accepted.length - sent.length).toBeLessThanOrEqual(queueMessages)
    }),
    { numRuns: 3000 },
  )
})
