import { Presence, Socket, type Channel, type Push } from 'phoenix'

/** Channels that are joined, refused, left and joined again after an error; pushes; presence. */
export async function scenario(url: string) {
  const events: string[] = []
  const socket = new Socket(`${url}/socket`, {
    params: { token: 'Ada' },
    heartbeatIntervalMs: 40,
    rejoinAfterMs: () => 20,
  })
  socket.onOpen(() => void events.push('open'))
  socket.connect()

  const room = socket.channel('room:lobby', { age: 36 })
  room.onError(() => void events.push('room failed'))
  const presence = new Presence(room)
  const present = new Promise<string[]>((resolve) => {
    presence.onSync(() => {
      const names = presence.list((id) => id)
      if (names.length === 2) resolve(names)
    })
  })
  const joined = await outcome(room.join())
  const refused = await outcome(socket.channel('room:secret').join())
  const echo = await outcome(room.push('echo', { text: 'Grüße' }))
  const bytes = await outcome(room.push('bytes', new Uint8Array([1, 2, 255]).buffer))
  const error = await outcome(room.push('no such event', {}))
  const late = await outcome(room.push('never', {}, 50))

  const heard: unknown[] = []
  const said = next(room, 'said')
  room.on('said', (payload) => void heard.push(payload))
  await outcome(room.push('say', { text: 'Hello, room' }))
  await said
  const names = await present

  const rejoined = next(room, 'welcome')
  room.push('crash', {})
  await rejoined
  // Some heartbeats.
  await new Promise((resolve) => setTimeout(resolve, 150))
  const { answer: beats } = await outcome(room.push('heartbeats', {}))
  const left = await outcome(room.leave())
  await new Promise<void>((resolve) => socket.disconnect(resolve, 1000, 'done'))
  return {
    joined,
    refused,
    echo,
    bytes: { ...bytes, answer: [...new Uint8Array(bytes.answer as ArrayBuffer)] },
    error,
    late,
    heard,
    names,
    beating: Number(beats) > 1,
    left: left.status,
    state: socket.connectionState(),
    events,
  }
}

async function outcome(push: Push): Promise<{ status: string; answer?: unknown }> {
  return new Promise((resolve) => {
    push
      .receive('ok', (answer: unknown) => resolve({ status: 'ok', answer }))
      .receive('error', (answer: unknown) => resolve({ status: 'error', answer }))
      .receive('timeout', () => resolve({ status: 'timeout' }))
  })
}

async function next(channel: Channel, event: string): Promise<unknown> {
  return new Promise((resolve) => channel.on(event, resolve))
}
