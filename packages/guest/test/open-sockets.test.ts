import { EwsError } from '@extism-ws/protocol'
import { beforeEach, describe, expect, test } from 'vitest'

import { connect, sockets, type Socket } from '../src/index.js'
import { dispatch, engine, host } from './fake-bridge.js'
import type { FakeConnection } from './fake-connection.js'

beforeEach(async () => {
  engine.reports.length = 0
  for (const socket of sockets.list()) void socket.close()
  await dispatch()
  expect(sockets.list()).toEqual([])
})

async function opened(name?: string): Promise<{ socket: Socket; server: FakeConnection }> {
  const promise = connect('ws://feed.example/', name === undefined ? {} : { name })
  const server = host.last.open()
  await dispatch()
  return { socket: await promise, server }
}

describe('the open sockets', () => {
  test('are listed in the order in which they were opened, with or without a name', async () => {
    const first = await opened()
    const second = await opened('feed')
    expect(sockets.list()).toEqual([first.socket, second.socket])
    expect(sockets.list().map(({ name }) => name)).toEqual([undefined, 'feed'])
  })

  test('are found by name', async () => {
    const { socket } = await opened('feed')
    expect(sockets.get('feed')).toBe(socket)
    expect(sockets.get('other')).toBeUndefined()
    expect(sockets.get('toString')).toBeUndefined()
  })

  test('are not those that still connect', async () => {
    const promise = connect('ws://feed.example/', { name: 'feed' })
    expect(sockets.get('feed')).toBeUndefined()
    expect(sockets.list()).toEqual([])
    host.last.open()
    await dispatch()
    expect(sockets.get('feed')).toBe(await promise)
  })

  test('are not those that were closed, by either side', async () => {
    const { socket } = await opened('mine')
    const { server } = await opened('theirs')
    void socket.close()
    expect(sockets.get('mine')).toBeUndefined()
    server.end(1000)
    await dispatch()
    expect(sockets.list()).toEqual([])
  })
})

describe('a name', () => {
  test('is told to the host', async () => {
    const { server } = await opened('feed')
    expect(server.request.name).toBe('feed')
  })

  test('of more than 256 characters is refused', async () => {
    await expect(connect('ws://feed.example/', { name: 'x'.repeat(257) })).rejects.toMatchObject({
      code: 'EWS_BAD_REQUEST',
      message: expect.stringContaining('has 257'),
    })
  })

  test('belongs to one socket at a time, from when it connects', async () => {
    const promise = connect('ws://feed.example/', { name: 'feed' })
    const first = host.last
    await expect(connect('ws://feed.example/', { name: 'feed' })).rejects.toMatchObject({
      code: 'EWS_BAD_REQUEST',
      message: expect.stringMatching(/"feed" is already connecting: take it by sockets\.get/),
    })
    first.open()
    await dispatch()
    await promise
    await expect(connect('ws://feed.example/', { name: 'feed' })).rejects.toThrow(/already open/)
    expect(host.last).toBe(first)
  })

  test('is free when the socket begins to close, and stays with the next one', async () => {
    const first = await opened('feed')
    const closed = first.socket.close()
    const second = await opened('feed')
    first.server.end(1000)
    await dispatch()
    await closed
    expect(sockets.get('feed')).toBe(second.socket)
  })

  test('is free when the connection failed, later or at once', async () => {
    const failing = connect('ws://feed.example/', { name: 'feed' })
    host.last.end()
    const failed = expect(failing).rejects.toMatchObject({ code: 'EWS_CLOSED' })
    await dispatch()
    await failed
    host.refusal = new EwsError('EWS_DENIED', 'no')
    await expect(connect('ws://feed.example/', { name: 'feed' })).rejects.toMatchObject({
      code: 'EWS_DENIED',
    })
    const { socket } = await opened('feed')
    expect(sockets.get('feed')).toBe(socket)
  })

  test.each(['', 1, null, {}])('is a text that is not empty, unlike %j', async (name) => {
    const promise = connect('ws://feed.example/', { name: name as string })
    await expect(promise).rejects.toMatchObject({ code: 'EWS_BAD_REQUEST' })
  })
})
