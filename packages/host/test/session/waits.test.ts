import { RecordType } from '@extism-ws/protocol'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { Session } from '../../src/session/session.js'
import { TestServer } from '../server.js'
import { sessionSettings } from '../session-settings.js'

describe('two host functions that wait at once', () => {
  let server: TestServer
  let session: Session
  const block = new Uint8Array(4096)
  const connect = (path: string): Promise<number> =>
    Promise.resolve(session.connect(new TextEncoder().encode(`${server.origin}${path}`)))
  const poll = (): Promise<number> => Promise.resolve(session.poll(-1, () => block))

  beforeEach(async () => {
    server = await TestServer.start()
    session = new Session(sessionSettings([server.origin]), 'jspi')
  })
  afterEach(async () => {
    await session.dispose()
    await server.idle()
    await server[Symbol.asyncDispose]()
  })

  it('both get to know of a socket that opens, whichever is first', async () => {
    const polled = poll()
    const connected = connect('/echo')
    expect(await polled).toBeGreaterThan(0)
    expect(block[4]).toBe(RecordType.open)
    const id = await connected
    expect(session.send(id, 1, new Uint8Array(1))).toBe(0)
    expect(session.socketCount).toBe(1)
  })

  it('both get to know of a handshake that fails, whichever is first', async () => {
    const polled = poll()
    const connected = connect('/unauthorized')
    await expect(connected).rejects.toMatchObject({ code: 'EWS_CLOSED' })
    expect(await polled).toBeGreaterThan(0)
    expect(block[4]).toBe(RecordType.error)
    expect(session.socketCount).toBe(0)
  })

  it('are both woken when the session ends', async () => {
    const waits = [poll(), connect('/silent')]
    const ends = Promise.allSettled(waits)
    await session.dispose()
    for (const end of await ends) {
      expect(end).toMatchObject({ status: 'rejected', reason: { code: 'EWS_CLOSED' } })
    }
  })
})
