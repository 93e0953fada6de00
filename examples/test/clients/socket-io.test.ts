import { expect, it } from 'vitest'

import { scenario } from '../../clients/socket.io/scenario.js'
import { outcomes } from './client.js'
import { startSocketIoServer } from './servers/socket-io.js'

it('socket.io-client talks to socket.io in a plugin as in Node', async () => {
  const { inPlugin, inNode } = await outcomes('socket.io', startSocketIoServer, scenario)
  expect(inPlugin).toEqual(inNode)
  expect(inPlugin).toEqual({
    greeting: 'Hello, Ada!',
    sum: 6,
    reversed: [255, 254, 2, 1],
    late: 'Error: operation has timed out',
    ticks: [{ tick: 1 }, { tick: 2 }, { tick: 3 }],
    headline: 'Plugins have sockets',
    refusal: 'Error: members only',
    events: [
      'connect',
      'disconnect: transport close',
      'connect',
      'disconnect: io client disconnect',
    ],
  })
})
