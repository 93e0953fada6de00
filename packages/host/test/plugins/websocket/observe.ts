/** An error as the standards name it. */
export function named(error: unknown): string {
  if (error instanceof DOMException) return `DOMException ${error.name}`
  return error instanceof Error ? error.name : String(error)
}

export function thrown(action: () => unknown): string {
  try {
    action()
    return 'nothing'
  } catch (error) {
    return named(error)
  }
}

export async function rejected(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
    return 'nothing'
  } catch (error) {
    return named(error)
  }
}

/** Resolves with an open socket. */
export function opened(url: string, protocols: string | string[] = []): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, protocols)
    socket.binaryType = 'arraybuffer'
    socket.addEventListener('open', () => resolve(socket), { once: true })
    socket.addEventListener('close', ({ code }) => reject(new Error(`closed: ${code}`)))
  })
}

/** The next event of a type. */
export function next<Type extends keyof WebSocketEventMap>(
  socket: WebSocket,
  type: Type,
): Promise<WebSocketEventMap[Type]> {
  return new Promise((resolve) => socket.addEventListener(type, resolve, { once: true }))
}

/** Every event until the close, each with the state it comes in. */
export function heard(socket: WebSocket): Promise<string[]> {
  const events: string[] = []
  return new Promise((resolve) => {
    socket.addEventListener('open', () => events.push(`open ${socket.readyState}`))
    socket.addEventListener('message', ({ data }) => {
      events.push(`message ${socket.readyState} ${typeof data === 'string' ? data : 'binary'}`)
    })
    socket.addEventListener('error', () => events.push(`error ${socket.readyState}`))
    socket.addEventListener('close', ({ code, reason, wasClean }) => {
      events.push(
        `close ${socket.readyState} ${code} ${reason}`.trim() + (wasClean ? ' clean' : ''),
      )
      resolve(events)
    })
  })
}
