import { expect, it } from 'vitest'

import { scenario } from '../../clients/graphql-ws/scenario.js'
import { outcomes } from './client.js'
import { startGraphqlServer } from './servers/graphql.js'

it('graphql-ws queries and subscribes in a plugin as in Node', async () => {
  const { inPlugin, inNode } = await outcomes('graphql-ws', startGraphqlServer, scenario)
  expect(inPlugin).toEqual(inNode)
  expect(inPlugin).toEqual({
    hello: [{ data: { hello: 'Hello, Ada!' } }],
    counted: [1, 2, 3, 4].map((count) => ({ data: { count } })),
    together: [
      [{ data: { count: 1 } }, { data: { count: 2 } }],
      [{ data: { hello: 'Hello, Ada!' } }],
    ],
    failed: [expect.objectContaining({ data: { fail: null } })],
    invalid: [expect.objectContaining({ message: expect.stringContaining('nothing') as string })],
    seen: 3,
    left: [{ data: { left: true } }],
    events: ['connected: {"server":"graphql-ws"}', 'closed: 1000'],
  })
})
