import { expect, it } from 'vitest'

import { RestartingServer } from './restarting-server.js'
import { SessionClient } from './session-client.js'
import { eventually } from '../eventually.js'

const count = 1000
const firstDelayMs = 2000

it('a thousand sockets come back spread out after their server has restarted', async () => {
  await using server = await RestartingServer.start()
  await using client = new SessionClient({ sockets: count, reconnect: { firstDelayMs } })
  const ids = Array.from({ length: count }, () => client.connect({ url: server.url }))
  await eventually(() => expect(client.of('open')).toHaveLength(count))

  await server.stop()
  await eventually(() => expect(client.of('reconnecting').length).toBeGreaterThanOrEqual(count))
  await server.start()
  await eventually(() => expect(client.of('reconnected')).toHaveLength(count))
  expect(server.clients).toHaveLength(count)
  expect(new Set(client.of('reconnected').map(({ socket }) => socket))).toEqual(new Set(ids))
  expect(client.of('close')).toEqual([])

  // Full jitter: in each tenth of the bound about as many as in the others.
  const first = client.of('reconnecting').filter(({ attempt }) => attempt === 1)
  expect(first).toHaveLength(count)
  const tenths = Array.from({ length: 10 }, () => 0)
  for (const { delayMs } of first) {
    const tenth = Math.floor(delayMs / (firstDelayMs / 10))
    tenths[tenth] = (tenths[tenth] ?? 0) + 1
  }
  for (const each of tenths) {
    // Seven standard deviations of a binomial distribution of 1,000 and 1/10.
    expect(Math.abs(each - count / 10)).toBeLessThan(67)
  }
}, 120_000)
