import { afterEach, describe, expect, test } from 'vitest'

import { connect, type Socket } from '../src/index.js'
import { dispatch, host } from './fake-bridge.js'
import type { FakeConnection } from './fake-connection.js'

afterEach(async () => {
  host.endAll()
  await dispatch()
})

async function opened(): Promise<{ socket: Socket; server: FakeConnection }> {
  const promise = connect('ws://feed.example/')
  const server = host.last.open()
  await dispatch()
  return { socket: await promise, server }
}

describe("a socket's attachment", () => {
  test('is kept by the host, and read as a copy', async () => {
    const { socket, server } = await opened()
    expect(socket.attachment).toBeUndefined()
    const bytes = Uint8Array.of(1, 2)
    socket.attachment = bytes
    bytes[0] = 9
    expect(server.attachment).toEqual(Uint8Array.of(1, 2))
    const read = socket.attachment
    if (read !== undefined) read[0] = 9
    expect(socket.attachment).toEqual(Uint8Array.of(1, 2))
  })

  test('is taken away by undefined', async () => {
    const { socket, server } = await opened()
    socket.attachment = Uint8Array.of(1)
    socket.attachment = undefined
    expect(socket.attachment).toBeUndefined()
    expect(server.attachment).toEqual(new Uint8Array(0))
  })

  test('that is too large is refused, and the last one stays', async () => {
    const { socket } = await opened()
    socket.attachment = Uint8Array.of(1)
    expect(() => {
      socket.attachment = new Uint8Array(16_385)
    }).toThrow(expect.objectContaining({ code: 'EWS_BAD_REQUEST' }))
    expect(socket.attachment).toEqual(Uint8Array.of(1))
  })

  test('must be bytes', async () => {
    const { socket } = await opened()
    expect(() => {
      // @ts-expect-error text is none
      socket.attachment = 'text'
    }).toThrow(TypeError)
  })

  test('may be set on a socket that has ended, known to the plugin or not', async () => {
    const { socket, server } = await opened()
    server.message('one').end(1000)
    const received = socket.receive()
    await dispatch()
    await received
    socket.attachment = Uint8Array.of(1)
    expect(socket.attachment).toEqual(Uint8Array.of(1))
  })
})
