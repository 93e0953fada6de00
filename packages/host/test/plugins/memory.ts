import {
  connect,
  sync,
  WebSocket,
  type EwsError,
  type PluginCall,
  type Socket,
  type SyncSocket,
} from '@extism-ws/guest'

const mebibyte = 2 ** 20

interface Input {
  readonly url: string
  readonly count: number
}

function inputOf(call: PluginCall): Input {
  return JSON.parse(call.inputText()) as Input
}

/** Takes memory that there was not before, again and again. */
class Ballast {
  readonly #kept: Uint8Array[] = []

  grow(): void {
    this.#kept.push(new Uint8Array(mebibyte).fill(this.#kept.length))
  }

  get mebibytes(): number {
    return this.#kept.length
  }

  /** Whether it is as it was filled, by a byte of each page. */
  get intact(): boolean {
    return this.#kept.every((bytes, i) => {
      for (let at = 0; at < bytes.length; at += 4096) if (bytes[at] !== i) return false
      return bytes.at(-1) === i
    })
  }
}

/** A message that is told from all others in every byte. */
function messageOf(number: number): Uint8Array {
  return new Uint8Array(3000 + number).fill(number)
}

function isMessage(number: number, data: unknown): boolean {
  if (!(data instanceof Uint8Array) || data.length !== 3000 + number) return false
  return data.every((byte) => byte === (number & 0xff))
}

/** Many messages come in one poll; each of them makes memory grow before the next one is made of it. */
export async function whileDelivered(call: PluginCall) {
  const { url, count } = inputOf(call)
  const ballast = new Ballast()
  const wrong: number[] = []
  const socket = new WebSocket(url)
  socket.binaryType = 'arraybuffer'
  await new Promise((resolve) => socket.addEventListener('open', resolve, { once: true }))
  for (let i = 0; i < count; i++) socket.send(messageOf(i))
  let next = 0
  await new Promise<void>((resolve) => {
    socket.addEventListener('message', ({ data }) => {
      ballast.grow()
      if (!isMessage(next, new Uint8Array(data as ArrayBuffer))) wrong.push(next)
      if (++next === count) resolve()
    })
  })
  socket.close()
  await new Promise((resolve) => socket.addEventListener('close', resolve, { once: true }))
  return { wrong, mebibytes: ballast.mebibytes, intact: ballast.intact }
}

/** What is sent lies where memory has just grown, behind what was sent before. */
export async function whileSent(call: PluginCall) {
  const { url, count } = inputOf(call)
  const ballast = new Ballast()
  await using socket = await connect(url)
  const texts = Array.from({ length: count }, (_, i) => `${i} ${'grün 🟢 '.repeat(500 * (i + 1))}`)
  for (const [i, text] of texts.entries()) {
    socket.send(messageOf(i))
    ballast.grow()
    // It becomes UTF-8, for which there must be memory too, just before the host reads it.
    socket.send(text)
  }
  const wrong: number[] = []
  for (const [i, text] of texts.entries()) {
    if (!isMessage(i, await socket.receive())) wrong.push(i)
    if ((await socket.receive()) !== text) wrong.push(i)
  }
  return { wrong, mebibytes: ballast.mebibytes, intact: ballast.intact }
}

/** The block that a host function writes into after a wait is in memory that grew before it. */
export function betweenWaits(call: PluginCall) {
  const { url, count } = inputOf(call)
  const ballast = new Ballast()
  const wrong: number[] = []
  const socket = sync.connect(url)
  const next = (receive: (from: SyncSocket) => unknown, number: number): void => {
    ballast.grow()
    socket.send(messageOf(number))
    ballast.grow()
    if (!isMessage(number, receive(socket))) wrong.push(number)
  }
  for (let i = 0; i < count; i++) {
    next((from) => from.receive(), i)
    next((from) => sync.poll([from])[0]?.message, i)
  }
  socket.close()
  return { wrong, mebibytes: ballast.mebibytes, intact: ballast.intact }
}

/** Everything that comes until the connection ends, and why it did. */
export async function readAll(call: PluginCall) {
  const { url } = inputOf(call)
  const lengths: number[] = []
  const socket = await connect(url)
  try {
    for await (const message of socket) lengths.push(message.length)
    return { lengths, closed: await socket.closed }
  } catch (error) {
    return { lengths, closed: await socket.closed, failure: failureOf(error) }
  }
}

/** The same without `await`. */
export function readAllSync(call: PluginCall) {
  const { url } = inputOf(call)
  const lengths: number[] = []
  const socket = sync.connect(url)
  try {
    for (const message of socket) lengths.push(message.length)
    return { lengths, closed: socket.closed }
  } catch (error) {
    return { lengths, closed: socket.closed, failure: failureOf(error) }
  }
}

function failureOf(error: unknown): { code: string; cause: string } {
  const { code, cause } = error as EwsError
  return { code, cause: (cause as EwsError | undefined)?.code ?? 'none' }
}

let kept: Socket | undefined

export async function keep(call: PluginCall) {
  kept = await connect(inputOf(call).url)
}

/** Of the socket that is kept. */
export async function echo(call: PluginCall) {
  kept?.send(call.inputText())
  return await kept?.receive()
}

let ballast: Uint8Array[] = []

/** Takes all memory that there is, but for so many KiB. */
export function fill(call: PluginCall) {
  const { count } = inputOf(call)
  const chunk = 64 * 1024
  ballast = []
  try {
    for (;;) ballast.push(new Uint8Array(chunk))
  } catch {
    ballast.length = Math.max(0, ballast.length - Math.ceil((count * 1024) / chunk))
  }
}

export function release() {
  ballast = []
}
