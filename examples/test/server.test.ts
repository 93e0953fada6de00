import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'

import { ExampleServer } from '../src/server.js'

describe('the example server', () => {
  it('closes a connection to a path that it does not know, and names the path', async () => {
    await using server = await ExampleServer.start()
    const socket = new WebSocket(`${server.origin}/nowhere`)
    const [code, reason] = (await once(socket, 'close')) as [number, Buffer]
    expect(code).toBe(1008)
    expect(String(reason)).toBe('unknown path /nowhere')
  })

  it('cuts what is still connected when it is disposed', async () => {
    const server = await ExampleServer.start()
    const socket = new WebSocket(`${server.origin}/echo`)
    await once(socket, 'open')
    await Promise.all([once(socket, 'close'), server[Symbol.asyncDispose]()])
    expect(socket.readyState).toBe(WebSocket.CLOSED)
  })

  it('stops sending ticks to a plugin that broke off, and serves the next one', async () => {
    const lines: string[] = []
    await using server = await ExampleServer.start((line) => lines.push(line))
    const first = new WebSocket(`${server.origin}/ticker`)
    await once(first, 'message')
    first.terminate()
    await once(first, 'close')
    const second = new WebSocket(`${server.origin}/ticker`)
    let received = 0
    second.on('message', () => received++)
    await once(second, 'close')
    expect(received).toBe(1000)
    expect(lines.filter((line) => line.startsWith('all 1000 ticks sent'))).toHaveLength(1)
  })
})
