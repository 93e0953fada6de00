import {
  connect,
  sockets,
  type ConnectionRequest,
  type ConnectOptions,
  type PluginCall,
  type Restart,
  type Socket,
} from '@extism-ws/guest'

const told: unknown[] = []

async function read(socket: Socket): Promise<void> {
  for await (const message of socket) told.push(String(message))
  told.push('end')
}

/** Reads from a socket that reconnects. */
export async function follow(call: PluginCall): Promise<void> {
  const { url, options } = JSON.parse(call.inputText()) as { url: string; options: ConnectOptions }
  const socket = await connect(url, { name: 'feed', ...options })
  socket.onReconnecting = ({ attempt, code }) => {
    // Later ones depend on how fast the server is back.
    if (attempt === 1) told.push(['reconnecting', code])
  }
  socket.onReconnected = ({ dropped }) => void told.push(['reconnected', dropped])
  void read(socket)
}

export function say(call: PluginCall): void {
  for (const text of JSON.parse(call.inputText()) as string[]) sockets.get('feed')?.send(text)
}

export function heard(): unknown[] {
  return told
}

async function serve(socket: Socket): Promise<void> {
  for await (const message of socket) {
    if (message === 'fail') throw new Error('as you wish')
    if (message === 'same bytes') sendTwice(socket)
    else socket.send(`${String(message)}!`)
  }
  told.push('gone')
}

/** The same memory, with other bytes each time. */
function sendTwice(socket: Socket): void {
  const bytes = new Uint8Array(100_000)
  for (const value of [1, 2]) {
    bytes.fill(value)
    socket.send(bytes)
  }
  bytes.fill(3)
}

export async function onConnection(socket: Socket, request: ConnectionRequest): Promise<void> {
  const { pathname, search } = new URL(request.url)
  told.push(['connection', pathname + search, request.headers, socket.protocol])
  await serve(socket)
}

export function crash(): never {
  const { error_set } = Host.getFunctions() as unknown as { error_set(block: number): never }
  return error_set(-1)
}

export function onRestart(restart: Restart): void {
  for (const socket of restart.sockets) void serve(socket)
}
