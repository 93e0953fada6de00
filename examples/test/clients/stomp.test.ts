import { expect, it } from 'vitest'

import { scenario } from '../../clients/stomp/scenario.js'
import { outcomes } from './client.js'
import { isMissing } from './servers/program.js'
import { startRabbitMq } from './servers/rabbitmq.js'

it.skipIf(isMissing('rabbitmq-server'))(
  '@stomp/stompjs talks to RabbitMQ in a plugin as in Node',
  async () => {
    const { inPlugin, inNode } = await outcomes('stomp', startRabbitMq, scenario)
    expect(inPlugin).toEqual(inNode)
    expect(inPlugin).toEqual({
      version: '1.2',
      orders: [
        ['first', 'a:b\nc\\d'],
        ['Grüße, 世界', null],
        [[0, 10, 128, 255], null],
      ],
      again: ['first', 'true'],
      news: [
        ['at once', 'in a transaction'],
        ['at once', 'in a transaction'],
      ],
      alive: true,
      connected: false,
    })
  },
  60_000,
)
