import { heard, next, opened, thrown } from './observe.js'

type Sendable = Parameters<WebSocket['send']>[0]

async function echoed(url: string, data: unknown): Promise<unknown> {
  const socket = await opened(url)
  const message = next(socket, 'message')
  socket.send(data as Sendable)
  const answer = (await message).data as unknown
  socket.close()
  return answer instanceof ArrayBuffer ? [...new Uint8Array(answer)] : answer
}

export const whileConnecting = async (url: string) => {
  const socket = new WebSocket(url)
  const outcome = [
    thrown(() => socket.send('x')),
    thrown(() => socket.send(new Blob(['x']))),
    thrown(() => (socket as unknown as { send(): void }).send()),
    socket.bufferedAmount,
  ]
  const events = heard(socket)
  socket.close()
  return [...outcome, ...(await events)]
}

export const strings = (url: string) =>
  Promise.all(
    ['', 'ascii', 'é€😀', 'a\ud800b\udc00', '\ufeffbom', 'a\0b'].map((data) => echoed(url, data)),
  )

export const others = (url: string) =>
  Promise.all(
    [42, null, undefined, true, { toString: () => 'object' }, [1, 2]].map((data) =>
      echoed(url, data),
    ),
  )

export const symbol = async (url: string) => {
  const socket = await opened(url)
  const outcome = thrown(() => socket.send(Symbol('x') as unknown as string))
  socket.close()
  return outcome
}

export const buffers = (url: string) => {
  const bytes = Uint8Array.from({ length: 12 }, (_, i) => i)
  return Promise.all(
    [
      new ArrayBuffer(0),
      bytes.buffer,
      bytes.subarray(2, 5),
      new DataView(bytes.buffer, 1, 2),
      new Uint16Array(bytes.buffer, 2, 2),
      new Float64Array(1),
      new Int8Array(bytes.buffer, 11),
    ].map((data) => echoed(url, data)),
  )
}

export const blobs = (url: string) =>
  Promise.all(
    [new Blob([]), new Blob(['aä', Uint8Array.of(1)]), new Blob(['0123456']).slice(2, 4)].map(
      (data) => echoed(url, data),
    ),
  )

/** Blobs keep their place among other messages, and what is sent before a close arrives. */
export const order = async (url: string) => {
  const socket = await opened(url)
  const answers: unknown[] = []
  socket.addEventListener('message', ({ data }) => {
    answers.push(typeof data === 'string' ? data : new Uint8Array(data as ArrayBuffer)[0])
    if (answers.length === 4) socket.close()
  })
  const ended = next(socket, 'close')
  socket.send(new Blob([Uint8Array.of(1)]))
  socket.send('2')
  socket.send(new Blob([Uint8Array.of(3)]))
  socket.send(Uint8Array.of(4))
  await ended
  return answers
}

export const changedAfterwards = async (url: string) => {
  const socket = await opened(url)
  const message = next(socket, 'message')
  const bytes = Uint8Array.of(1, 2)
  socket.send(bytes)
  bytes.fill(9)
  const { data } = await message
  socket.close()
  return [...new Uint8Array(data as ArrayBuffer)]
}

/** What was sent in this task counts, in bytes of UTF-8 and without framing; later it is gone. */
export const buffered = async (url: string) => {
  const socket = await opened(url)
  const amounts = [socket.bufferedAmount]
  for (const data of ['aé€', '', new Uint8Array(10), new Uint16Array(3), new Blob(['12345'])]) {
    socket.send(data)
    amounts.push(socket.bufferedAmount)
  }
  await new Promise((resolve) => setTimeout(resolve, 50))
  amounts.push(socket.bufferedAmount)
  socket.close()
  return amounts
}

/** After `close()` nothing is sent any more, but everything counts. */
export const bufferedWhileClosing = async (url: string) => {
  const socket = await opened(url)
  const ended = next(socket, 'close')
  socket.close()
  const before = socket.bufferedAmount
  socket.send('é')
  socket.send(new Uint8Array(3))
  const closing = socket.bufferedAmount - before
  await ended
  const closed = socket.bufferedAmount
  socket.send(new Blob(['1234']))
  return [closing, closed, socket.bufferedAmount, thrown(() => socket.send('x'))]
}

export const full = async (url: string) => {
  const socket = await opened(url)
  const events = heard(socket)
  const chunk = new Uint8Array(1 << 20)
  let sent = 0
  while (socket.readyState === WebSocket.OPEN && sent < 1000) {
    socket.send(chunk)
    sent++
  }
  const amount = socket.bufferedAmount
  return [sent < 1000, socket.readyState, amount >= chunk.length, ...(await events)]
}

/** A hundred thousand messages in one task, right when the socket opens. */
export const hundredThousand = async (url: string) => {
  const count = 100_000
  const socket = await opened(url)
  let received = 0
  let ordered = true
  const done = new Promise<void>((resolve) => {
    socket.addEventListener('message', ({ data }) => {
      ordered &&= data === String(received)
      if (++received === count) resolve()
    })
  })
  for (let i = 0; i < count; i++) socket.send(String(i))
  await done
  socket.close()
  return [received, ordered]
}
