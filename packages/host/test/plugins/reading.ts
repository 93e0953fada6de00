import {
  connect,
  type EwsError,
  type Message,
  type PluginCall,
  type Socket,
} from '@extism-ws/guest'

const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

function input(call: PluginCall): { url: string; count: number; sizes: number[] } {
  return JSON.parse(call.inputText()) as ReturnType<typeof input>
}

function numberOf(message: Message): number {
  return (JSON.parse(String(message)) as { number: number }).number
}

/** Whether the numbers are 0, 1, 2, … */
function ordered(numbers: readonly number[]): boolean {
  return numbers.every((number, at) => number === at)
}

export async function callback(call: PluginCall): Promise<object> {
  const socket = await connect(input(call).url)
  const numbers: number[] = []
  socket.onMessage = (message) => void numbers.push(numberOf(message))
  const { code } = await socket.closed
  return { count: numbers.length, ordered: ordered(numbers), code }
}

/** With what a callback is called. */
export async function callbackArguments(call: PluginCall): Promise<object> {
  const socket = await connect(input(call).url)
  const seen: unknown[] = []
  socket.onMessage = function (this: unknown, ...all: unknown[]) {
    seen.push([this === undefined, all.length])
  }
  await socket.closed
  return seen
}

/** A WebSocket whose listeners change while messages wait: each one goes to who listens when its turn comes. */
export async function listenersChange(call: PluginCall): Promise<string[]> {
  const socket = new WebSocket(input(call).url)
  await new Promise((resolve) => socket.addEventListener('open', resolve, { once: true }))
  socket.binaryType = 'arraybuffer'
  const heard: string[] = []
  let before: MessageEvent | undefined
  const other = ({ data }: MessageEvent): void => void heard.push(`other ${data}`)
  const named = {
    handleEvent(event: MessageEvent) {
      heard.push(`object ${event.data}`)
      socket.removeEventListener('message', named)
      socket.addEventListener('message', ({ data }) => heard.push(`once ${data}`), { once: true })
    },
  }
  const steps: ((event: MessageEvent, all: number) => void)[] = [
    (_event, all) => {
      heard.push(`with ${all}`)
      socket.onmessage = second
    },
    () => socket.addEventListener('message', other),
    () => {},
    () => {
      socket.removeEventListener('message', other)
      socket.binaryType = 'blob'
    },
    ({ data }) => {
      heard.push(data instanceof Blob ? `Blob ${data.size}` : typeof data)
      socket.binaryType = 'arraybuffer'
    },
    ({ data }) => {
      heard.push(data instanceof ArrayBuffer ? `ArrayBuffer ${data.byteLength}` : typeof data)
      socket.onmessage = null
      socket.addEventListener('message', named)
    },
  ]
  let step = 0
  const listener =
    (name: string) =>
    (...[event, ...rest]: [MessageEvent, ...unknown[]]): void => {
      if (typeof event.data === 'string') heard.push(`${name} ${event.data}`)
      steps[step++]?.(event, rest.length + 1)
    }
  const second = listener('second')
  socket.onmessage = listener('first')
  for (const text of '0123') socket.send(text)
  for (const size of [4, 5]) socket.send(new Uint8Array(size))
  for (const text of '678') socket.send(text)
  await waitUntil(() => heard.includes('once 7'))
  socket.onmessage = (event) => {
    // Nobody listened when it was sent: it may come only now.
    if (event.data === '8') return
    heard.push(`third ${event.data} ${event.target === socket} ${event.currentTarget === socket}`)
    if (before === undefined) {
      before = event
      throw new Error('reported')
    }
    heard.push(`before ${before.data} ${before.target === socket} ${String(before.currentTarget)}`)
    socket.close()
  }
  for (const text of 'abc') socket.send(text)
  await new Promise((resolve) => socket.addEventListener('close', resolve, { once: true }))
  return heard
}

async function waitUntil(done: () => boolean): Promise<void> {
  while (!done()) await later(1)
}

export async function batches(call: PluginCall): Promise<object> {
  const socket = await connect(input(call).url)
  const numbers: number[] = []
  let largest = 0
  let empty = 0
  for await (const messages of socket.batches()) {
    largest = Math.max(largest, messages.length)
    if (messages.length === 0) empty++
    numbers.push(...messages.map(numberOf))
  }
  return { count: numbers.length, ordered: ordered(numbers), empty, several: largest > 1, largest }
}

export async function receiveBatch(call: PluginCall): Promise<object> {
  const socket = await connect(input(call).url)
  const numbers: number[] = []
  try {
    for (;;) {
      numbers.push(...(await socket.receiveBatch()).map(numberOf))
      // One by one and many at once are the same messages.
      numbers.push(numberOf(await socket.receive()))
    }
  } catch (error) {
    return { count: numbers.length, ordered: ordered(numbers), code: (error as EwsError).code }
  }
}

/** Messages that came before anybody asked. */
export async function unreadFirst(call: PluginCall): Promise<object> {
  const socket = await connect(input(call).url)
  await later(50)
  const numbers: number[] = []
  const first = await socket.receive()
  numbers.push(numberOf(first))
  socket.onMessage = (message) => void numbers.push(numberOf(message))
  const atOnce = numbers.length
  await socket.closed
  return { atOnce, count: numbers.length, ordered: ordered(numbers) }
}

/** From the loop to the callback and back. */
export async function switching(call: PluginCall): Promise<object> {
  const socket = await connect(input(call).url)
  const heard: string[] = []
  const say = async (text: string): Promise<void> => {
    socket.send(text)
    while (!heard.some((one) => one.endsWith(text))) await later(1)
  }
  void (async () => {
    for await (const message of socket) heard.push(`loop ${String(message)}`)
  })()
  await say('a')
  socket.onMessage = (message) => void heard.push(`callback ${String(message)}`)
  await say('b')
  socket.onMessage = undefined
  await say('c')
  await socket.close()
  return heard
}

export async function throwing(call: PluginCall): Promise<object> {
  const socket = await connect(input(call).url)
  const numbers: number[] = []
  socket.onMessage = (message) => {
    numbers.push(numberOf(message))
    if (numbers.length === 2) throw new Error('the second one')
  }
  await socket.closed
  return { count: numbers.length, ordered: ordered(numbers) }
}

/** The second message takes longer than an entry may. */
export async function tooLong(call: PluginCall): Promise<object> {
  const socket = await connect(input(call).url)
  const numbers: number[] = []
  socket.onMessage = (message) => {
    numbers.push(numberOf(message))
    while (numbers.length === 2);
  }
  await socket.closed
  return { count: numbers.length, ordered: ordered(numbers) }
}

/** What begins in a callback goes on without another event. */
export async function goingOn(call: PluginCall): Promise<string[]> {
  const socket = await connect(input(call).url)
  const steps: string[] = []
  await new Promise<void>((resolve) => {
    socket.onMessage = () => {
      void Promise.resolve().then(() => steps.push('job'))
      setTimeout(() => {
        steps.push('timer')
        setImmediate(() => {
          steps.push('immediate')
          resolve()
        })
      }, 1)
    }
    socket.send('go')
  })
  await socket.close()
  return steps
}

function pattern(size: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(size)
  for (let at = 0; at < size; at += 997) bytes[at] = (at + seed) & 0xff
  return bytes
}

function isPattern(bytes: Uint8Array, size: number, seed: number): boolean {
  const wanted = pattern(size, seed)
  return bytes.length === size && bytes.every((byte, at) => byte === wanted[at])
}

/** Large messages that are kept while others come: what is delivered is nobody else's any more. */
export async function keptMessages(call: PluginCall): Promise<object> {
  const { url, sizes } = input(call)
  const [callback, batched, webSocket] = [
    await connect(url),
    await connect(url),
    new WebSocket(url),
  ]
  webSocket.binaryType = 'arraybuffer'
  await new Promise((resolve) => (webSocket.onopen = resolve))
  const kept: Uint8Array[][] = [[], [], []]
  callback.onMessage = (message) => void kept[0]?.push(message as Uint8Array)
  webSocket.onmessage = ({ data }) => void kept[2]?.push(new Uint8Array(data as ArrayBuffer))
  void (async () => {
    for await (const messages of batched.batches()) kept[1]?.push(...(messages as Uint8Array[]))
  })()
  for (const [seed, size] of sizes.entries()) {
    const bytes = pattern(size, seed)
    for (const socket of [callback, batched, webSocket]) socket.send(bytes as never)
    while (kept.some(({ length }) => length <= seed)) await later(1)
  }
  const intact = kept.map((messages) =>
    messages.every((bytes, seed) => isPattern(bytes, sizes[seed] ?? 0, seed)),
  )
  // Their buffers are buffers like others.
  const moved = kept.flat().map(({ buffer }, at) => {
    const size = buffer.byteLength
    const { transfer } = buffer as { transfer?: (size: number) => ArrayBuffer }
    const half =
      transfer === undefined ? buffer.slice(0, size >> 1) : transfer.call(buffer, size >> 1)
    return isPattern(new Uint8Array(half), size >> 1, at % sizes.length)
  })
  webSocket.close()
  await Promise.all([callback.close(), batched.close()])
  return { intact, moved: moved.every(Boolean), received: kept.map(({ length }) => length) }
}

/** Many messages of some KiB are kept, each behind so many small ones that the host's block has grown. */
export async function keptBehindFloods(call: PluginCall): Promise<object> {
  const { url, count, sizes } = input(call)
  const socket = await connect(url)
  const kept: Message[] = []
  let small = 0
  for (let round = 0; round < count; round++) {
    if (round % 50 === 0) {
      const before = small
      for (let at = 0; at < 2000; at++) socket.send('x'.repeat(400))
      while (small < before + 2000) small += (await socket.receiveBatch()).length
    }
    for (const size of sizes) {
      socket.send(pattern(size, round))
      kept.push(await socket.receive())
    }
  }
  await socket.close()
  const intact = kept.every((message, at) => {
    const round = Math.floor(at / sizes.length)
    return isPattern(message as Uint8Array, sizes[at % sizes.length] ?? 0, round)
  })
  return { intact, kept: kept.length }
}

/** Sockets with every way of reading, which open and close between each other. */
export async function together(call: PluginCall): Promise<object> {
  const { url, count } = input(call)
  const echoes: Promise<boolean>[] = []
  for (let at = 0; at < count; at++) {
    const socket = await connect(url)
    echoes.push(
      at % 3 === 0
        ? byCallback(socket, at)
        : at % 3 === 1
          ? byLoop(socket, at)
          : byBatch(socket, at),
    )
  }
  return { right: (await Promise.all(echoes)).filter(Boolean).length }
}

const rounds = 20

/** Asks once more until there were enough; the last answer closes the socket. */
function ask(socket: Socket, at: number, heard: string[]): boolean {
  if (heard.length < rounds) {
    socket.send(`${at} ${heard.length}`)
    return false
  }
  void socket.close()
  return heard.every((text, round) => text === `${at} ${round}`)
}

function byCallback(socket: Socket, at: number): Promise<boolean> {
  const heard: string[] = []
  return new Promise((resolve) => {
    socket.onMessage = (message) => {
      heard.push(String(message))
      if (ask(socket, at, heard)) resolve(true)
    }
    ask(socket, at, heard)
    void socket.closed.then(() => resolve(false))
  })
}

async function byLoop(socket: Socket, at: number): Promise<boolean> {
  const heard: string[] = []
  ask(socket, at, heard)
  for await (const message of socket) {
    heard.push(String(message))
    if (ask(socket, at, heard)) return true
  }
  return false
}

async function byBatch(socket: Socket, at: number): Promise<boolean> {
  const heard: string[] = []
  ask(socket, at, heard)
  for await (const messages of socket.batches()) {
    heard.push(...messages.map(String))
    if (ask(socket, at, heard)) return true
  }
  return false
}
