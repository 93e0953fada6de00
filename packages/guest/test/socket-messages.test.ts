import { afterEach, describe, expect, test } from 'vitest'

import { connect, type Message, type Socket } from '../src/index.js'
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

/** Reads until the end; what ended it comes last. */
async function readAll(socket: AsyncIterable<unknown>): Promise<unknown[]> {
  const read: unknown[] = []
  try {
    for await (const message of socket) read.push(message)
    read.push('end')
  } catch (error) {
    read.push(error)
  }
  return read
}

describe('receive', () => {
  test('takes messages in order: text as text, binary as bytes', async () => {
    const { socket, server } = await opened()
    server.message('one').message(Uint8Array.of(2, 2)).message('').message(new Uint8Array(0))
    await dispatch()
    expect(await socket.receive()).toBe('one')
    expect(await socket.receive()).toEqual(Uint8Array.of(2, 2))
    expect(await socket.receive()).toBe('')
    expect(await socket.receive()).toEqual(new Uint8Array(0))
  })

  test('waits for a message that has not come yet', async () => {
    const { socket, server } = await opened()
    const received = socket.receive()
    await dispatch()
    server.message('late')
    await dispatch()
    expect(await received).toBe('late')
  })

  test('asked several times at once takes one message each, in the order of asking', async () => {
    const { socket, server } = await opened()
    const received = Promise.all([socket.receive(), socket.receive(), socket.receive()])
    server.message('a').message('b').message('c')
    await dispatch()
    expect(await received).toEqual(['a', 'b', 'c'])
  })

  test('takes a message that came together with the open event', async () => {
    const promise = connect('ws://feed.example/')
    host.last.open().message('welcome')
    await dispatch()
    expect(await (await promise).receive()).toBe('welcome')
  })

  test('takes unread messages before it tells of the end', async () => {
    const { socket, server } = await opened()
    server.message('one').message('two').end(1000, 'bye')
    await dispatch()
    expect(await socket.receive()).toBe('one')
    expect(await socket.receive()).toBe('two')
    await expect(socket.receive()).rejects.toMatchObject({
      code: 'EWS_CLOSED',
      message: 'the connection was closed (code 1000, reason "bye")',
    })
    await expect(socket.receive()).rejects.toMatchObject({ code: 'EWS_CLOSED' })
  })

  test('that waits rejects when the connection ends, every one of them', async () => {
    const { socket, server } = await opened()
    const results = Promise.allSettled([socket.receive(), socket.receive()])
    server.end(1006)
    await dispatch()
    expect(await results).toEqual([
      { status: 'rejected', reason: expect.objectContaining({ code: 'EWS_CLOSED' }) },
      { status: 'rejected', reason: expect.objectContaining({ code: 'EWS_CLOSED' }) },
    ])
  })

  test('takes messages that come while the socket is closing', async () => {
    const { socket, server } = await opened()
    void socket.close()
    const received = socket.receive()
    server.message('still on its way').end(1000)
    await dispatch()
    expect(await received).toBe('still on its way')
  })

  test('a lost connection says why, when the host knows', async () => {
    const { socket, server } = await opened()
    server.fail('EWS_PROTOCOL', 'invalid UTF-8').end(1006)
    await dispatch()
    await expect(socket.receive()).rejects.toMatchObject({
      code: 'EWS_CLOSED',
      cause: expect.objectContaining({ code: 'EWS_PROTOCOL', message: 'invalid UTF-8' }),
    })
  })

  test('10,000 messages come in order, whenever they are read', async () => {
    const { socket, server } = await opened()
    const read: Message[] = []
    for (let i = 0; i < 10_000; i++) server.message(String(i))
    await dispatch()
    for (let i = 0; i < 10_000; i++) read.push(await socket.receive())
    expect(read).toEqual(Array.from({ length: 10_000 }, (_, i) => String(i)))
  })
})

describe('for await', () => {
  test('ends quietly after a closing handshake, behind the last message', async () => {
    const { socket, server } = await opened()
    const read = readAll(socket)
    server.message('one').message('two').end(1000)
    await dispatch()
    expect(await read).toEqual(['one', 'two', 'end'])
  })

  test.each([1001, 1005, 1011, 4000])('ends quietly whatever the code: %i', async (code) => {
    const { socket, server } = await opened()
    const read = readAll(socket)
    server.end(code)
    await dispatch()
    expect(await read).toEqual(['end'])
  })

  test('throws when the connection was lost, behind the last message', async () => {
    const { socket, server } = await opened()
    server.message('one').end(1006)
    await dispatch()
    expect(await readAll(socket)).toEqual([
      'one',
      expect.objectContaining({
        code: 'EWS_CLOSED',
        message: 'the connection was lost (code 1006)',
      }),
    ])
  })

  test('may be left and taken up again, without losing a message', async () => {
    const { socket, server } = await opened()
    server.message('one').message('two').message('three').end(1000)
    await dispatch()
    for await (const message of socket) {
      if (message === 'two') break
    }
    expect(await readAll(socket)).toEqual(['three', 'end'])
  })

  test('reads what comes while the body of the loop waits', async () => {
    const { socket, server } = await opened()
    const read: Message[] = []
    const done = (async () => {
      for await (const message of socket) {
        await new Promise((resolve) => setImmediate(resolve))
        read.push(message)
      }
    })()
    server.message('one').message('two').message('three').end(1000)
    await dispatch()
    await done
    expect(read).toEqual(['one', 'two', 'three'])
  })
})

describe('json', () => {
  test('parses every message, text and binary', async () => {
    const { socket, server } = await opened()
    server.message('{"price":1}').message(new TextEncoder().encode('[2]')).end(1000)
    await dispatch()
    expect(await readAll(socket.json())).toEqual([{ price: 1 }, [2], 'end'])
  })

  test('throws for what is not JSON, and the socket stays as it is', async () => {
    const { socket, server } = await opened()
    server.message('not json').message('next')
    await dispatch()
    expect(await readAll(socket.json())).toEqual([expect.any(SyntaxError)])
    expect(await socket.receive()).toBe('next')
  })
})

describe('backpressure', () => {
  async function flood(server: FakeConnection, count: number, data = 'x'): Promise<void> {
    for (let i = 0; i < count; i++) server.message(data)
    await dispatch()
  }

  async function read(socket: Socket, count: number): Promise<void> {
    for (let i = 0; i < count; i++) await socket.receive()
  }

  test('the host is asked to stop, once, above 256 unread messages', async () => {
    const { socket, server } = await opened()
    await flood(server, 256)
    expect(server.pauses).toEqual([])
    await flood(server, 1)
    expect(server.pauses).toEqual([true])
    await flood(server, 10)
    expect(server.pauses).toEqual([true])
    await read(socket, 267)
  })

  test('and to go on, once, below half of that', async () => {
    const { socket, server } = await opened()
    await flood(server, 257)
    await read(socket, 129)
    expect(server.pauses).toEqual([true])
    await read(socket, 1)
    expect(server.pauses).toEqual([true, false])
    await read(socket, 127)
    expect(server.pauses).toEqual([true, false])
  })

  test('and to stop again when they pile up again', async () => {
    const { socket, server } = await opened()
    await flood(server, 257)
    await read(socket, 257)
    await flood(server, 257)
    expect(server.pauses).toEqual([true, false, true])
  })

  test('the same goes for more than 1 MiB, however few messages', async () => {
    const { socket, server } = await opened()
    const quarter = 'x'.repeat(1 << 18)
    await flood(server, 4, quarter)
    expect(server.pauses).toEqual([])
    await flood(server, 1, 'x')
    expect(server.pauses).toEqual([true])
    await read(socket, 2)
    // Half a MiB and one byte are left.
    expect(server.pauses).toEqual([true])
    await read(socket, 1)
    expect(server.pauses).toEqual([true, false])
  })

  test('binary messages count with their bytes', async () => {
    const { server } = await opened()
    server.message(new Uint8Array((1 << 20) + 1))
    await dispatch()
    expect(server.pauses).toEqual([true])
  })

  test('messages that someone waits for are not unread', async () => {
    const { socket, server } = await opened()
    const received = Promise.all(Array.from({ length: 300 }, () => socket.receive()))
    await flood(server, 300)
    await received
    expect(server.pauses).toEqual([])
  })

  test('closing lets the rest come, since the end is behind it', async () => {
    const { socket, server } = await opened()
    await flood(server, 257)
    void socket.close()
    expect(server.pauses).toEqual([true, false])
    await flood(server, 300)
    expect(server.pauses).toEqual([true, false])
  })

  test('a connection that has ended is not paused, and can be read to its end', async () => {
    const { socket, server } = await opened()
    for (let i = 0; i < 300; i++) server.message('x')
    server.end(1000)
    await dispatch()
    expect(server.pauses).toEqual([])
    const messages = await readAll(socket)
    expect(messages).toHaveLength(301)
    expect(messages.at(-1)).toBe('end')
  })
})
