import { expect, it } from 'vitest'

import { scenario } from '../../clients/nats/scenario.js'
import { outcomes } from './client.js'
import { startNats } from './servers/nats.js'
import { isMissing } from './servers/program.js'

it.skipIf(isMissing('nats-server'))(
  'nats.ws talks to nats-server and consumes from JetStream in a plugin as in Node',
  async () => {
    const { inPlugin, inNode } = await outcomes('nats', startNats, scenario)
    expect(inPlugin).toEqual(inNode)
    expect(inPlugin).toEqual({
      largest: 1_048_576,
      letters: [
        { subject: 'letters.a', data: [...Buffer.from('Grüße')], from: 'Ada' },
        { subject: 'letters.b', data: [0, 128, 255] },
        { subject: 'letters.c', data: [] },
      ],
      answers: [2, 4, 6],
      nobody: 'NatsError: 503',
      sequence: [1, 2, 3, 4],
      orders: ['orders.1,1', 'orders.2,2', 'orders.3,3,true', 'orders.4,4,false'],
      pending: 0,
      unacknowledged: 0,
      deleted: true,
      closed: true,
    })
  },
)
