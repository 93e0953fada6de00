import { EwsError, connect, sync, type PluginCall } from '@extism-ws/guest'

interface Input {
  readonly url: string
  readonly count?: number
  readonly size?: number
  readonly timeoutMs?: number
}

function inputOf(call: PluginCall): Input {
  return JSON.parse(call.inputText()) as Input
}

/** What a function throws, as plain data. */
function failure(run: () => unknown): { code: string; message: string } | undefined {
  try {
    run()
    return undefined
  } catch (error) {
    if (!(error instanceof EwsError)) throw error
    return { code: error.code, message: error.message }
  }
}

/** The four calls. */
export function talk(call: PluginCall): unknown {
  const { url } = inputOf(call)
  const socket = sync.connect(url, { protocols: ['a', 'b'] })
  const { protocol } = socket
  socket.send('hello')
  const text = socket.receive()
  socket.send(Uint8Array.of(1, 2, 3))
  const binary = socket.receive()
  const closed = socket.close(3001, 'enough')
  const after = failure(() => socket.receive())?.code
  return { protocol, text, binary: [...(binary as Uint8Array)], closed, after }
}

export function timeout(call: PluginCall): unknown {
  const socket = sync.connect(inputOf(call).url)
  const nothing = socket.receive({ timeoutMs: 30 }) ?? 'nothing'
  const atOnce = socket.receive({ timeoutMs: 0 }) ?? 'nothing'
  socket.send('late')
  const late = socket.receive({ timeoutMs: 5000 })
  socket.close()
  return { nothing, atOnce, late }
}

export function refusal(call: PluginCall): unknown {
  return failure(() => sync.connect(inputOf(call).url))
}

/** Everything that a server pushes, until its close frame. */
export function readAll(call: PluginCall): unknown {
  const socket = sync.connect(inputOf(call).url)
  let next = 0
  for (const message of socket) {
    const { number } = JSON.parse(String(message)) as { number: number }
    if (number !== next) return { expected: next, got: number }
    next++
  }
  return { count: next, closed: socket.closed }
}

/** As many round trips in one call. */
export function pingPong(call: PluginCall): unknown {
  const { url, count = 0 } = inputOf(call)
  const socket = sync.connect(url)
  for (let i = 0; i < count; i++) {
    socket.send(`message ${i}`)
    const answer = socket.receive()
    if (answer !== `message ${i}`) return { expected: i, got: answer }
  }
  socket.close()
  return count
}

/** All sends first, as far as the server takes them, then all receives: in one call. */
export function flood(call: PluginCall): unknown {
  const { url, count = 0 } = inputOf(call)
  const socket = sync.connect(url)
  let sent = 0
  let received = 0
  const receive = (timeoutMs: number): boolean => {
    const message = socket.receive({ timeoutMs })
    if (message === undefined) return false
    if (message !== `message ${received}`) throw new Error(`expected ${received}, got ${message}`)
    received++
    return true
  }
  while (sent < count) {
    try {
      socket.send(`message ${sent}`)
      sent++
    } catch (error) {
      if ((error as EwsError).code !== 'EWS_LIMIT') throw error
      receive(1000)
    }
    while (sent - received > 5000) receive(-1)
  }
  while (received < count) receive(-1)
  socket.close()
  return { sent, received }
}

export function large(call: PluginCall): unknown {
  const { url, size = 0 } = inputOf(call)
  const socket = sync.connect(url)
  const data = new Uint8Array(size)
  for (let i = 0; i < size; i += 4096) data[i] = i / 4096
  socket.send(data)
  const answer = socket.receive()
  socket.close()
  if (!(answer instanceof Uint8Array) || answer.length !== size) return false
  for (let i = 0; i < size; i += 4096) if (answer[i] !== data[i]) return false
  return true
}

/** One of many sockets answers; the others do not. */
export function poll(call: PluginCall): unknown {
  const { url } = inputOf(call)
  const sockets = Array.from({ length: 5 }, () => sync.connect(url))
  const none = sync.poll(sockets, { timeoutMs: 20 }).length
  sockets[3]?.send('me')
  const ready = sync.poll(sockets)
  const found = ready.map(({ socket, message }) => [sockets.indexOf(socket), message])
  sockets[1]?.close()
  const ended = sync
    .poll(sockets)
    .map(({ socket, closed }) => [sockets.indexOf(socket), closed?.code])
  for (const socket of sockets) socket.close()
  return { none, found, ended }
}

/** While one socket is waited for, another floods the plugin. */
export async function pressed(call: PluginCall): Promise<unknown> {
  const { url } = inputOf(call)
  const loud = await connect(url.replace('/echo', '/push?count=20000&size=1000'))
  const quiet = sync.connect(url)
  for (let i = 0; i < 50; i++) {
    quiet.send(`message ${i}`)
    if (quiet.receive() !== `message ${i}`) return false
  }
  quiet.close()
  let count = 0
  for await (const _message of loud) count++
  return count
}

/** Promise jobs and timers wait until the function that waits has returned. */
export async function order(call: PluginCall): Promise<string[]> {
  const steps: string[] = []
  const socket = sync.connect(inputOf(call).url)
  void Promise.resolve().then(() => steps.push('job'))
  setTimeout(() => steps.push('timer'), 0)
  socket.send('x')
  socket.receive()
  steps.push('received')
  await new Promise((resolve) => setTimeout(resolve, 5))
  socket.close()
  return steps
}

/** Waits longer than an entry may take: that time is not the plugin's own. */
export function patient(call: PluginCall): string {
  const { url, timeoutMs = 0 } = inputOf(call)
  const socket = sync.connect(url)
  for (let i = 0; i < 5; i++) socket.receive({ timeoutMs })
  socket.close()
  return 'done'
}

/** It does not. */
export function busy(): void {
  for (;;);
}

export function waitForever(call: PluginCall): unknown {
  return sync.connect(inputOf(call).url).receive()
}

export function healthy(): string {
  return 'healthy'
}
