import { describe, expect, it } from 'vitest'

import { canMakeNetworks, OtherHost } from './network.js'
import { SessionClient } from './session-client.js'

// On a machine where it may not: docs/operations.md says how to see it by hand.
describe.runIf(await canMakeNetworks())('a network that is cut', () => {
  it('is found out within interval and timeout, although nobody says so', async () => {
    await using host = await OtherHost.make(1)
    const port = await host.serve()
    const heartbeat = { intervalMs: 300, timeoutMs: 300 }
    const allow = [`ws://${host.address}:*`]
    await using client = new SessionClient({ allow, heartbeat })
    const socket = await client.open({ url: `ws://${host.address}:${port}` })
    client.send(socket, 'hello')
    await client.next('message', socket)
    await host.cut()
    expect(await client.next('close', socket)).toMatchObject({ code: 1006, wasClean: false })
    expect(client.of('error', socket)).toMatchObject([{ error: { code: 'EWS_TIMEOUT' } }])
  })

  it('is not found out without a heartbeat, also when messages are sent', async () => {
    await using host = await OtherHost.make(2)
    const port = await host.serve()
    const allow = [`ws://${host.address}:*`]
    await using client = new SessionClient({ allow, heartbeat: false, closeTimeoutMs: 100 })
    const socket = await client.open({ url: `ws://${host.address}:${port}` })
    await host.cut()
    client.send(socket, 'is anybody there?')
    await new Promise((resolve) => setTimeout(resolve, 1500))
    expect(client.types(socket)).toEqual(['open'])
  })
})
