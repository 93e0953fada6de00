import { expect, it } from 'vitest'

import { scenario } from '../../clients/partysocket/scenario.js'
import { outcomes } from './client.js'
import { startPartyServer } from './servers/party.js'

it('partysocket reconnects in a plugin as in Node', async () => {
  const { inPlugin, inNode } = await outcomes('partysocket', startPartyServer, scenario)
  expect(inPlugin).toEqual(inNode)
  const hello = 'Ada is in /parties/main/lobby'
  expect(inPlugin).toEqual({
    messages: [
      hello,
      'echo: said before it was open',
      '0 127 255',
      hello,
      'echo: said while it was cut',
    ],
    events: ['open', 'close', 'open', 'close'],
    retryCount: expect.any(Number) as number,
    readyState: 3,
  })
})
