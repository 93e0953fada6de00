import { connect, sockets, type PluginCall, type Restart, type Socket } from '@extism-ws/guest'

interface Functions {
  tell(what: number): void
  error_set(block: number): void
}

const functions = (): Functions => Host.getFunctions() as unknown as Functions

function tell(...what: unknown[]): void {
  const block = Memory.fromString(JSON.stringify(what))
  functions().tell(block.offset)
  block.free()
}

/** In native code from its first step on: no interrupt of the engine reaches it. */
function hang(): void {
  // A search that compares a million characters at a million places.
  'a'.repeat(2_000_000).indexOf('a'.repeat(1_000_000) + 'b')
}

function handle(name: string, text: string): void {
  if (text === 'hang') hang()
  if (text === 'crash') functions().error_set(-1)
  tell('seen', name, text)
}

function nameOf(index: number): string {
  return `feed ${index}`
}

/** Opens sockets whose messages go to listeners. */
export async function listen(call: PluginCall): Promise<void> {
  const { url, count } = JSON.parse(call.inputText()) as { url: string; count: number }
  const opened = Array.from({ length: count }, (_, i) => {
    const socket = new WebSocket(`${url}/${i}`)
    socket.addEventListener('message', ({ data }) => handle(nameOf(i), String(data)))
    return new Promise((resolve) => socket.addEventListener('open', resolve))
  })
  await Promise.all(opened)
}

/** Opens a socket whose messages are read many at once. */
export async function readBatches(call: PluginCall): Promise<void> {
  const { url } = JSON.parse(call.inputText()) as { url: string }
  void followBatches(await connect(`${url}/0`, { name: nameOf(0) }))
}

async function followBatches(socket: Socket): Promise<void> {
  for await (const messages of socket.batches()) {
    for (const message of messages) handle(nameOf(0), String(message))
    tell('batch', messages.length)
  }
}

async function follow(socket: Socket, name: string): Promise<void> {
  try {
    for await (const message of socket) {
      // Longer than an entry: others come meanwhile.
      await new Promise((resolve) => setTimeout(resolve, 1))
      handle(name, String(message))
    }
    tell('ended', name)
  } catch (error) {
    tell('lost', name, (error as Error).message)
  }
}

/** Opens sockets that are read one message at a time. */
export async function read(call: PluginCall): Promise<void> {
  const { url, count } = JSON.parse(call.inputText()) as { url: string; count: number }
  const opened = Array.from({ length: count }, async (_, i) => {
    const socket = await connect(`${url}/${i}`, { name: nameOf(i), protocols: ['numbers'] })
    socket.attachment = new TextEncoder().encode(`attached ${i}`)
    void follow(socket, nameOf(i))
  })
  await Promise.all(opened)
}

export async function keep(call: PluginCall): Promise<void> {
  await connect(call.inputText(), { name: 'kept' })
}

export function crash(): void {
  functions().error_set(-1)
}

export async function pending(): Promise<void> {
  await new Promise(() => {})
}

export function variable(call: PluginCall): string {
  const text = call.inputText()
  if (text !== '') Var.set('kept', text)
  return Var.getString('kept') ?? 'nothing'
}

/** The test's function sets the variable. */
export function remember(): string {
  tell('remember')
  return Var.getString('kept') ?? 'nothing'
}

export function names(): string {
  return sockets
    .list()
    .map(({ name }) => name ?? '?')
    .join()
}

/** Crashes with a socket that still connects. */
export function connecting(call: PluginCall): void {
  void connect(call.inputText(), { name: 'slow' })
  functions().error_set(-1)
}

/** The path's last part is the number of the socket, whatever it was opened with. */
function numberOf({ url }: Socket): number {
  return Number(url.split('/').at(-1))
}

export function onRestart(restart: Restart): void {
  const about = restart.sockets.map((socket) => [
    socket.name ?? null,
    socket.protocol,
    new TextDecoder().decode(socket.attachment ?? new Uint8Array(0)),
  ])
  tell('restart', restart.reason.code, about)
  for (const { socket, event } of restart.possiblyHandled) {
    tell('possibly', socket === undefined ? null : numberOf(socket), event)
  }
  for (const socket of restart.sockets) void follow(socket, nameOf(numberOf(socket)))
}
