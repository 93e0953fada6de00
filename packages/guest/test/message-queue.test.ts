import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { connect, type Socket } from '../src/index.js'
import { dispatch, host } from './fake-bridge.js'
import type { FakeConnection } from './fake-connection.js'

let socket: Socket
let server: FakeConnection

beforeEach(async () => {
  const promise = connect('ws://feed.example/')
  server = host.last.open()
  await dispatch()
  socket = await promise
  host.steps.length = 0
})

afterEach(async () => {
  host.endAll()
  await dispatch()
})

/** What the host has heard since this was last asked, without the socket. */
function steps(): string[] {
  return host.steps.splice(0).map((step) => step.replace(` ${server.id}`, ''))
}

describe('the host hears that a message', () => {
  test('is taken at once by a reader that waits for it', async () => {
    const received = socket.receive()
    server.message('one')
    await dispatch()
    expect(await received).toBe('one')
    expect(steps()).toEqual(['delivering', 'kept', 'taken'])
  })

  test('is kept when nobody does, and taken when somebody asks', async () => {
    server.message('one').message('two')
    await dispatch()
    expect(steps()).toEqual(['delivering', 'kept', 'delivering', 'kept'])
    await socket.receive()
    // The second one says that the first is done.
    await socket.receive()
    expect(steps()).toEqual(['taken', 'taken'])
  })

  test('is done when its reader asks for the next and none is there', async () => {
    server.message('one')
    await dispatch()
    await socket.receive()
    steps()
    const next = socket.receive()
    expect(steps()).toEqual(['done'])
    server.message('two')
    await dispatch()
    await next
    expect(steps()).toEqual(['delivering', 'kept', 'taken'])
  })

  test('is done when its reader leaves the loop', async () => {
    server.message('one').message('two')
    await dispatch()
    steps()
    for await (const message of socket) if (message === 'one') break
    expect(steps()).toEqual(['taken', 'done'])
  })

  test('was taken with others that are handled together', async () => {
    server.message('one').message('two').message('three')
    await dispatch()
    expect(await socket.receive()).toBe('one')
    steps()
    // Each came by itself here: what comes together is a batch in a plugin.
    expect(await socket.receiveBatch()).toEqual(['two'])
    expect(steps()).toEqual(['taken'])
    expect(await socket.receiveBatch()).toEqual(['three'])
    expect(steps()).toEqual(['taken'])
  })

  test('comes before the end, when its reader is not done with it', async () => {
    server.message('one').message('two')
    await dispatch()
    await socket.receive()
    steps()
    server.end(1000)
    await dispatch()
    expect(steps()).toEqual(['delivering', 'kept'])
    expect(await socket.receive()).toBe('two')
    await expect(socket.receive()).rejects.toThrow('closed')
    // The last two are the close event's.
    expect(steps()).toEqual(['taken', 'done', 'taken', 'done'])
  })

  test('is done when the plugin has closed the connection, and nobody reads on', async () => {
    server.message('one').message('two')
    await dispatch()
    await socket.receive()
    const closed = socket.close()
    steps()
    server.end(1000)
    await dispatch()
    await closed
    expect(steps()).toEqual(['delivering', 'done', 'delivered'])
  })
})
