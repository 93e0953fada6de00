import { connect, WebSocket, type PluginCall, type Socket } from '@extism-ws/guest'

type Sendable = string | ArrayBuffer | ArrayBufferView<ArrayBuffer>

function urlOf(call: PluginCall): string {
  return (JSON.parse(call.inputText()) as { url: string }).url
}

/** One of everything that can be sent: kinds, forms, and sizes on both sides of where they go different ways. */
function everything(): Sendable[] {
  const bytes = Uint8Array.from({ length: 70_000 }, (_, i) => i * 7)
  return [
    'a',
    bytes.subarray(1, 4),
    '',
    new Uint8Array(0),
    bytes.buffer.slice(5, 131),
    new Float32Array([1.5, -2]),
    new DataView(bytes.buffer, 3, 10),
    'grün 🟢 \ud800 lone',
    // Header of a frame: 2, 4 and 10 bytes; what is kept, and what is not.
    ...[125, 126, 16_383, 16_384, 16_385, 65_535, 65_536].map((size) => bytes.subarray(0, size)),
    'x'.repeat(16_384),
    'Ж'.repeat(20_000),
    bytes.buffer,
    'last',
  ]
}

/** What came back, shortened so that it can be compared. */
function shortened(data: string | Uint8Array): string {
  const kind = typeof data === 'string' ? 'text' : 'binary'
  const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data
  let sum = 0
  for (const byte of bytes) sum = (sum * 31 + byte) % 1_000_003
  return `${kind} ${bytes.length} ${sum}`
}

function expected(message: Sendable): string {
  if (typeof message === 'string') return shortened(message)
  return shortened(
    message instanceof ArrayBuffer
      ? new Uint8Array(message)
      : new Uint8Array(message.buffer, message.byteOffset, message.byteLength),
  )
}

/** Sends everything in one entry and reads it back; answers what differs. */
export async function bySocket(call: PluginCall) {
  await using socket = await connect(urlOf(call))
  const messages = everything()
  for (const message of messages) socket.send(message)
  return differences(messages, async () => socket.receive())
}

/** The same on the standard class. */
export async function byWebSocket(call: PluginCall) {
  const socket = new WebSocket(urlOf(call))
  socket.binaryType = 'arraybuffer'
  await once(socket, 'open')
  const messages = everything()
  const came: (string | Uint8Array)[] = []
  const all = new Promise<void>((resolve) => {
    socket.onmessage = ({ data }) => {
      came.push(typeof data === 'string' ? data : new Uint8Array(data as ArrayBuffer))
      if (came.length === messages.length) resolve()
    }
  })
  for (const message of messages) socket.send(message)
  await all
  socket.close()
  await once(socket, 'close')
  return differences(messages, async () => came.shift() ?? 'nothing')
}

async function differences(
  sent: readonly Sendable[],
  next: () => Promise<string | Uint8Array>,
): Promise<string[]> {
  const different: string[] = []
  for (const message of sent) {
    const came = shortened(await next())
    if (came !== expected(message)) different.push(`${came} instead of ${expected(message)}`)
  }
  return different
}

/** A message is what it was when it was sent, whatever becomes of its bytes. */
export async function reused(call: PluginCall) {
  await using socket = await connect(urlOf(call))
  const bytes = new Uint8Array(8)
  for (let i = 0; i < 100; i++) {
    bytes.fill(i)
    socket.send(bytes)
  }
  bytes.fill(255)
  const came: (number | undefined)[] = []
  for (let i = 0; i < 100; i++) came.push((await socket.receive()).at(-1) as number | undefined)
  return came.every((byte, i) => byte === i)
}

/** Two sockets in turn: each keeps its order. */
export async function inTurn(call: PluginCall) {
  const url = urlOf(call)
  await using one = await connect(url)
  await using other = await connect(url)
  for (let i = 0; i < 500; i++) {
    one.send(`one ${i}`)
    other.send(`other ${i}`)
  }
  const wrong: string[] = []
  for (let i = 0; i < 500; i++) {
    const pair = `${String(await one.receive())}, ${String(await other.receive())}`
    if (pair !== `one ${i}, other ${i}`) wrong.push(pair)
  }
  return wrong
}

/** What is sent counts until the entry is over, and nothing of it when it was handed to the system. */
export async function buffered(call: PluginCall) {
  const socket = new WebSocket(urlOf(call))
  await once(socket, 'open')
  const amounts: number[] = []
  for (const message of ['12345', new Uint8Array(100), 'ЖЖ', new Uint8Array(20_000), 'x']) {
    socket.send(message)
    amounts.push(socket.bufferedAmount)
  }
  let left = 5
  await new Promise<void>((resolve) => {
    socket.onmessage = () => {
      if (--left === 0) resolve()
    }
  })
  amounts.push(socket.bufferedAmount)
  socket.close()
  socket.send('unsendable')
  amounts.push(socket.bufferedAmount)
  await once(socket, 'close')
  return amounts
}

/** The close frame is behind what was sent before, and nothing is sent behind it. */
export async function closing(call: PluginCall) {
  const socket = await connect(urlOf(call))
  for (let i = 0; i < 50; i++) socket.send(`${i}`)
  const closed = socket.close(3000, 'enough')
  let refused = ''
  try {
    socket.send('too late')
  } catch (error) {
    refused = (error as { code: string }).code
  }
  return { refused, closed: await closed }
}

/** More than there may be unsent: each message that was taken comes, and each that was not is refused. */
export async function full(call: PluginCall) {
  await using socket = await connect(urlOf(call))
  let taken = 0
  let refusal = ''
  const message = new Uint8Array(5000)
  try {
    for (; taken < 4000; taken++) socket.send(message)
  } catch (error) {
    refusal = (error as { code: string }).code
  }
  await socket.drained()
  socket.send('done')
  return { taken, refusal }
}

let kept: Socket

export async function keep(call: PluginCall) {
  kept = await connect(urlOf(call))
}

/** Sends, and takes more of Extism's memory than there is: the SDK throws, and that is a trap. */
export function lastWordsOfATrap() {
  for (let i = 0; i < 3; i++) kept.send(`word ${i}`)
  for (let i = 0; i < 40_000; i++) Memory.fromString('x')
  return 'no output'
}

/** Sends, and never returns. */
export function lastWords() {
  for (let i = 0; i < 3; i++) kept.send(`word ${i}`)
  for (;;);
}

function once(socket: WebSocket, type: 'open' | 'close'): Promise<void> {
  return new Promise((resolve) => socket.addEventListener(type, () => resolve(), { once: true }))
}
