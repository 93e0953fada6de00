import { connect, WebSocket, type EwsError, type PluginCall } from '@extism-ws/guest'

interface Request {
  url: string
  [option: string]: unknown
}

const request = (call: PluginCall): Request => JSON.parse(call.inputText()) as Request

/** Sends text and binary of each size, and tells whether every one came back unchanged. */
export async function roundTrips(call: PluginCall) {
  const { url, sizes } = request(call) as Request & { sizes: number[] }
  const socket = await connect(url)
  const outcomes = []
  for (const size of sizes) {
    const text = 'aé€😀'.repeat(Math.ceil(size / 10)).slice(0, size)
    const bytes = Uint8Array.from({ length: size }, (_, i) => i * 7)
    socket.send(text)
    socket.send(bytes)
    const backText = await socket.receive()
    const backBytes = await socket.receive()
    outcomes.push({
      size,
      text: backText === text,
      binary:
        backBytes instanceof Uint8Array &&
        backBytes.length === size &&
        backBytes.every((byte, i) => byte === bytes[i]),
    })
  }
  await socket.close()
  return outcomes
}

/** Sends numbers without waiting, and tells whether they came back in order. */
export async function inOrder(call: PluginCall) {
  const { url, count } = request(call) as Request & { count: number }
  await using socket = await connect(url)
  for (let i = 0; i < count; i++) socket.send(String(i))
  let next = 0
  while (next < count && (await socket.receive()) === String(next)) next++
  return next
}

/** Reads until the server ends the connection. */
export async function readAll(call: PluginCall) {
  const { url, pauseMs, every } = request(call) as Request & { pauseMs?: number; every?: number }
  const socket = await connect(url)
  let count = 0
  let ordered = true
  let failure: string | undefined
  try {
    for await (const tick of socket.json<{ number: number }>()) {
      ordered &&= tick.number === count
      count++
      if (pauseMs !== undefined && count % (every ?? 1) === 0) {
        await new Promise((resolve) => setTimeout(resolve, pauseMs))
      }
    }
  } catch (error) {
    failure = (error as EwsError).code
  }
  return { count, ordered, failure, closed: await socket.closed }
}

/** How a connection ends when the guest only listens. */
export async function listen(call: PluginCall) {
  const socket = await connect(request(call).url)
  const messages = []
  let failure: string | undefined
  try {
    for await (const message of socket) messages.push(message)
  } catch (error) {
    failure = (error as EwsError).code
  }
  return { messages, failure, closed: await socket.closed }
}

export async function closeWith(call: PluginCall) {
  const { url, code, reason } = request(call) as Request & { code?: number; reason?: string }
  const socket = await connect(url)
  return socket.close(code, reason)
}

/** A connection whose failure nobody catches. */
export async function connectOnly(call: PluginCall) {
  await connect(request(call).url)
}

/** What the handshake settled. */
export async function handshake(call: PluginCall) {
  const { url, protocols, headers } = request(call) as Request & {
    protocols: string[]
    headers: Record<string, string>
  }
  await using socket = await connect(url, { protocols, headers })
  return { url: socket.url, protocol: socket.protocol, extensions: socket.extensions }
}

/** The code and message of a failed connection. */
export async function refusal(call: PluginCall) {
  try {
    await connect(request(call).url)
    return { code: 'none', message: 'connected' }
  } catch (error) {
    const { code, message, status } = error as EwsError
    return { code, message, status }
  }
}

export async function sendAfterClose(call: PluginCall) {
  const socket = await connect(request(call).url)
  await socket.close()
  try {
    socket.send('too late')
    return { code: 'none' }
  } catch (error) {
    return { code: (error as EwsError).code }
  }
}

/** Every event of a WebSocket, in order. */
export async function webSocketEvents(call: PluginCall) {
  const { url, text } = request(call) as Request & { text: string }
  const events: string[] = []
  const socket = new WebSocket(url)
  socket.binaryType = 'arraybuffer'
  events.push(`state ${socket.readyState}`)
  return new Promise((resolve) => {
    socket.onopen = () => {
      events.push(`open ${socket.readyState}`)
      socket.send(text)
      socket.send(new Uint8Array([1, 2, 3]))
    }
    socket.onmessage = ({ data }) => {
      events.push(
        typeof data === 'string'
          ? `text ${data}`
          : `binary ${new Uint8Array(data as ArrayBuffer).join()}`,
      )
      if (events.length === 4) socket.close(3001, 'enough')
    }
    socket.onerror = () => events.push('error')
    socket.onclose = ({ code, reason, wasClean }) => {
      events.push(`close ${code} ${reason} ${wasClean} ${socket.readyState}`)
      resolve(events)
    }
  })
}

/** Many connections at once. */
export async function manySockets(call: PluginCall) {
  const { url, count } = request(call) as Request & { count: number }
  const sockets = await Promise.all(Array.from({ length: count }, () => connect(url)))
  sockets.forEach((socket, i) => socket.send(`number ${i}`))
  const answers = await Promise.all(sockets.map((socket) => socket.receive()))
  await Promise.all(sockets.map((socket) => socket.close()))
  return answers.every((answer, i) => answer === `number ${i}`)
}

/** Sends its own input, and returns the answer beside the input as it is after the wait. */
export async function conversation(call: PluginCall) {
  const { url, name } = request(call) as Request & { name: string }
  await using socket = await connect(url)
  socket.send(name)
  const answer = await socket.receive()
  return { id: call.id, answer, name: (JSON.parse(call.inputText()) as { name: string }).name }
}

/** A timer and a socket, both alive: timers must not wait for messages, nor messages for timers. */
export async function timersAndMessages(call: PluginCall) {
  await using socket = await connect(request(call).url)
  let ticks = 0
  const interval = setInterval(() => ticks++, 1)
  let answers = 0
  while (ticks < 5 || answers < 5) {
    socket.send('again')
    await socket.receive()
    answers++
  }
  clearInterval(interval)
  return true
}

/** Never settles by itself. */
export async function waitForever(call: PluginCall) {
  const socket = await connect(request(call).url)
  await socket.receive()
}

let kept: Awaited<ReturnType<typeof connect>> | undefined

/** Leaves a socket open, for `useKept` in another call. */
export async function keep(call: PluginCall) {
  kept = await connect(request(call).url)
}

export async function useKept(call: PluginCall) {
  if (kept === undefined) return 'nothing was kept'
  kept.send(call.inputText())
  return kept.receive()
}

export function throwBefore() {
  throw new TypeError('before any await')
}

export async function throwDuring(call: PluginCall) {
  await Promise.all([connect(request(call).url), Promise.reject(new TypeError('during an await'))])
}

export async function throwAfter(call: PluginCall) {
  await using socket = await connect(request(call).url)
  socket.send('ping')
  await socket.receive()
  throw new TypeError('after an await')
}
