import { connect, sockets, type EwsError, type Message, type PluginCall } from '@extism-ws/guest'

const text = (message: Message): string =>
  typeof message === 'string' ? message : new TextDecoder().decode(message)

/** Connects and returns: the socket stays. */
export async function start(call: PluginCall) {
  const { url, name } = JSON.parse(call.inputText()) as { url: string; name: string }
  try {
    await connect(url, { name })
    return 'started'
  } catch (error) {
    const { code, message } = error as EwsError
    return `${code}: ${message}`
  }
}

/** The next messages, which may have arrived long before. */
export async function next(call: PluginCall) {
  const { name, count } = JSON.parse(call.inputText()) as { name: string; count: number }
  const socket = sockets.get(name)
  if (socket === undefined) return null
  const messages: string[] = []
  while (messages.length < count) messages.push(text(await socket.receive()))
  return messages
}

export function names() {
  return sockets.list().map(({ name }) => name)
}

export async function stop(call: PluginCall) {
  return sockets.get(call.inputText())?.close()
}

const read: string[] = []

/** Reads in the background from now on. */
export async function subscribe(call: PluginCall) {
  const { url, name } = JSON.parse(call.inputText()) as { url: string; name: string }
  const socket = await connect(url, { name })
  void (async () => {
    for await (const message of socket) read.push(text(message))
    read.push('the end')
  })()
}

export function takeRead() {
  return read.splice(0)
}
