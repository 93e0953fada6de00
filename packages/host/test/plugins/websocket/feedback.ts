import { heard, next, opened } from './observe.js'

export const lives = (url: string) => {
  const socket = new WebSocket(url)
  const events = heard(socket)
  socket.addEventListener('open', () => socket.send('x'))
  socket.addEventListener('message', () => socket.close(3000, 'enough'))
  return events
}

/** Events of a connection that a server makes fail. */
export const listens = (url: string) => heard(new WebSocket(url))

export const listensWithProtocol = (url: string) => heard(new WebSocket(url, ['wanted']))

export const binaryTypes = async (url: string) => {
  const socket = await opened(url)
  const forms: unknown[] = []
  for (const type of ['blob', 'arraybuffer'] as const) {
    socket.binaryType = type
    const message = next(socket, 'message')
    socket.send(Uint8Array.of(1, 2, 3))
    const data = (await message).data as unknown
    if (data instanceof Blob) forms.push(['Blob', data.type, [...(await data.bytes())]])
    if (data instanceof ArrayBuffer) forms.push(['ArrayBuffer', [...new Uint8Array(data)]])
  }
  socket.close()
  return forms
}

/** What `binaryType` is when the event is fired counts, not when the message came. */
export const changedBinaryType = async (url: string) => {
  const socket = await opened(url)
  socket.binaryType = 'blob'
  const forms: string[] = []
  const done = new Promise<void>((resolve) => {
    socket.addEventListener('message', ({ data }) => {
      forms.push(Object.prototype.toString.call(data))
      socket.binaryType = 'arraybuffer'
      if (forms.length === 2) resolve()
    })
  })
  socket.send(Uint8Array.of(1))
  socket.send(Uint8Array.of(2))
  await done
  socket.close()
  return forms
}

export const messageEvent = async (url: string) => {
  const socket = await opened(url)
  const message = next(socket, 'message')
  socket.send('x')
  const event = await message
  socket.close()
  return [
    event instanceof MessageEvent,
    Object.prototype.toString.call(event),
    event.data,
    event.origin === url.replace(/\/echo$/, ''),
    event.lastEventId,
    event.source,
    event.ports,
    event.bubbles,
    event.cancelable,
    event.composed,
    event.isTrusted,
    event.target === socket,
    event.timeStamp > 0,
    Object.keys(event),
  ]
}

export const closeEvent = async (url: string) => {
  const socket = await opened(url)
  const ended = next(socket, 'close')
  socket.close(3001, 'r')
  const event = await ended
  return [
    event instanceof CloseEvent,
    event.type,
    event.code,
    event.reason,
    event.wasClean,
    event.isTrusted,
    event.bubbles,
    event.cancelable,
  ]
}

export const errorEvent = async (url: string) => {
  const { error, message, type, ...own } = (await next(new WebSocket(url), 'error')) as ErrorEvent
  return [type, (error as { code: string }).code, message.length > 0, Object.keys(own)]
}

/** Promise jobs run between two listeners, and between error and close, which are of one task. */
export const microtasks = async (url: string) => {
  const socket = new WebSocket(url)
  const seen: string[] = []
  const note = (what: string) => () => {
    seen.push(what)
    void Promise.resolve().then(() => seen.push(`after ${what}`))
    setTimeout(() => seen.push('a task'), 0)
  }
  socket.addEventListener('error', note('one'))
  socket.addEventListener('error', note('two'))
  socket.addEventListener('close', note('close'))
  await next(socket, 'close')
  await new Promise((resolve) => setTimeout(resolve, 10))
  return seen
}

/** What a listener throws stops neither the others nor the events behind. */
export const throwing = (url: string) => {
  const socket = new WebSocket(url)
  const fail = (what: string) => () => {
    throw new Error(what)
  }
  for (const type of ['open', 'message', 'close']) socket.addEventListener(type, fail(type))
  socket.onmessage = fail('onmessage')
  socket.addEventListener('message', {} as EventListenerObject)
  socket.addEventListener('open', () => socket.send('x'))
  const events = heard(socket)
  socket.addEventListener('message', () => socket.close(3000))
  return events
}

export const afterClose = async (url: string) => {
  const socket = await opened(url)
  const events = heard(socket)
  socket.send('dropped when it comes back')
  socket.close(3000)
  return events
}
