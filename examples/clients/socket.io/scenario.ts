import { io, type Socket } from 'socket.io-client'

/** Acknowledgements, bytes, a namespace, a refusal, and a connection that breaks and comes back. */
export async function scenario(url: string) {
  const options = { transports: ['websocket'], reconnectionDelay: 10, forceNew: true }
  const events: string[] = []
  const socket = io(url, { ...options, auth: { user: 'Ada' } })
  socket.on('connect', () => events.push('connect'))
  socket.on('disconnect', (reason) => events.push(`disconnect: ${reason}`))
  const greeting = await next(socket, 'greeting')

  const sum: unknown = await socket.emitWithAck('sum', 1, 2, { three: 3 })
  const reversed: unknown = await socket.emitWithAck('reverse', new Uint8Array([1, 2, 254, 255]))
  const late: unknown = await socket
    .timeout(30)
    .emitWithAck('never')
    .catch((error: unknown) => String(error))

  const ticks: unknown[] = []
  socket.on('tick', (tick) => ticks.push(tick))
  await socket.emitWithAck('tick', 3)

  const again = next(socket, 'greeting')
  socket.emit('cut')
  await again

  const news = io(`${url}/news`, options)
  const headline = await next(news, 'headline')
  const closed = io(`${url}/closed`, options)
  const refusal = await next(closed, 'connect_error')

  for (const one of [socket, news, closed]) one.disconnect()
  return {
    greeting,
    sum,
    reversed: [...new Uint8Array(reversed as ArrayBuffer)],
    late,
    ticks,
    headline,
    refusal: String(refusal),
    events,
  }
}

async function next(socket: Socket, event: string): Promise<unknown> {
  return new Promise((resolve) => socket.once(event, resolve))
}
