import PartySocket from 'partysocket'

/** Talks in a room, loses the connection, and says what it wanted to say when it is back. */
export async function scenario(url: string) {
  const { host } = new URL(url)
  const events: string[] = []
  const socket = new PartySocket({
    host,
    room: 'lobby',
    query: { name: 'Ada' },
    minReconnectionDelay: 20,
    maxReconnectionDelay: 50,
  })
  socket.binaryType = 'arraybuffer'
  const messages: string[] = []
  let wake = () => {}
  const until = async (text: string) => {
    while (!messages.includes(text)) await new Promise<void>((resolve) => (wake = resolve))
  }
  socket.addEventListener('open', () => events.push('open'))
  // Without its code: in Node the library keeps it, outside it loses it.
  socket.addEventListener('close', () => events.push('close'))
  socket.addEventListener('message', ({ data }) => {
    messages.push(
      typeof data === 'string' ? data : [...new Uint8Array(data as ArrayBuffer)].join(' '),
    )
    wake()
  })

  socket.send('said before it was open')
  await until('echo: said before it was open')
  socket.send(new Uint8Array([0, 127, 255]))
  await until('0 127 255')
  const closed = new Promise((resolve) => socket.addEventListener('close', resolve, { once: true }))
  socket.send('cut')
  await closed
  socket.send('said while it was cut')
  await until('echo: said while it was cut')
  const { retryCount } = socket
  socket.close(1000, 'that is all')
  await new Promise((resolve) => setTimeout(resolve, 100))
  return { messages, events, retryCount, readyState: socket.readyState }
}
