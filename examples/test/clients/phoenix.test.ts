import { expect, it } from 'vitest'

import { scenario } from '../../clients/phoenix/scenario.js'
import { outcomes } from './client.js'
import { startPhoenixServer } from './servers/phoenix.js'

it('phoenix has channels and presence in a plugin as in Node', async () => {
  const { inPlugin, inNode } = await outcomes('phoenix', startPhoenixServer, scenario)
  expect(inPlugin).toEqual(inNode)
  expect(inPlugin).toEqual({
    joined: { status: 'ok', answer: { joins: 1, payload: { age: 36 } } },
    refused: { status: 'error', answer: { reason: 'members only' } },
    echo: { status: 'ok', answer: { text: 'Grüße' } },
    bytes: { status: 'ok', answer: [255, 2, 1] },
    error: { status: 'error', answer: { reason: 'unknown event no such event' } },
    late: { status: 'timeout' },
    heard: [{ user: 'Ada', text: 'Hello, room' }],
    names: ['Ada', 'Bob'],
    beating: true,
    left: 'ok',
    state: 'closed',
    events: ['open', 'room failed'],
  })
})
