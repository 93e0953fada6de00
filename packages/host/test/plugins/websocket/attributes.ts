import { next, opened, thrown } from './observe.js'

/** A socket for its attributes only. */
function socketOf(url: string): WebSocket {
  const socket = new WebSocket(url)
  socket.close()
  return socket
}

const constants = ['CONNECTING', 'OPEN', 'CLOSING', 'CLOSED'] as const

export const constantsOfBoth = () =>
  [WebSocket, WebSocket.prototype].flatMap((holder) =>
    constants.map((name) => Object.getOwnPropertyDescriptor(holder, name)),
  )

export const interfaceObject = () => [
  WebSocket.name,
  WebSocket.length,
  Object.prototype.toString.call(WebSocket.prototype),
  Object.getPrototypeOf(WebSocket) === EventTarget,
  Object.getPrototypeOf(WebSocket.prototype) === EventTarget.prototype,
  Object.getOwnPropertyDescriptor(WebSocket, 'prototype')?.writable,
  WebSocket.prototype.constructor === WebSocket,
]

/** Names of the members, in order, with what they are and whether they are enumerable. */
export const members = () =>
  Object.entries(Object.getOwnPropertyDescriptors(WebSocket.prototype))
    .filter(([name]) => name !== 'constructor' && !constants.includes(name as 'OPEN'))
    .map(([name, { get, set, value, enumerable, configurable }]) => {
      const kind =
        value === undefined
          ? `${get === undefined ? '' : 'get'}${set === undefined ? '' : ' set'}`
          : `method ${(value as () => void).length}`
      return `${name} ${kind}${enumerable === true && configurable === true ? '' : ' odd'}`
    })
    .sort()

export const brands = () => {
  const { prototype } = WebSocket
  const getters = [
    'url',
    'readyState',
    'bufferedAmount',
    'extensions',
    'protocol',
    'binaryType',
    'onopen',
    'onmessage',
  ]
  return [
    ...new Set([
      ...getters.map((name) => thrown(() => Reflect.get(prototype, name))),
      thrown(() => prototype.send('x')),
      thrown(() => prototype.close()),
      thrown(() => Reflect.set(prototype, 'binaryType', 'blob')),
      // What `this` is comes before what was given.
      thrown(() => prototype.close(1)),
      thrown(() => Reflect.set(prototype, 'binaryType', 'neither')),
    ]),
  ]
}

export const readOnly = (url: string) => {
  const socket = socketOf(url)
  return ['url', 'readyState', 'bufferedAmount', 'extensions', 'protocol'].map((name) =>
    thrown(() => Object.assign(socket, { [name]: 'x' })),
  )
}

export const ownProperties = (url: string) => Reflect.ownKeys(socketOf(url)).map(String)

export const binaryType = (url: string) => {
  const socket = socketOf(url)
  const seen: string[] = [socket.binaryType]
  for (const value of ['arraybuffer', 'Blob', 'text', null, undefined, '', 'blob ', 'blob']) {
    Reflect.set(socket, 'binaryType', value)
    seen.push(socket.binaryType)
  }
  return [...seen, thrown(() => Reflect.set(socket, 'binaryType', Symbol('x')))]
}

export const handlerValues = (url: string) => {
  const socket = socketOf(url)
  const f = (): void => {}
  const object = { handleEvent() {} }
  return ['onopen', 'onmessage', 'onerror', 'onclose'].map((name) =>
    [f, object, 'text', f, 1, f, undefined, f, Symbol('x'), null].map((value) => {
      Reflect.set(socket, name, value)
      const got: unknown = Reflect.get(socket, name)
      return got === null ? 'null' : got === value ? 'same' : 'other'
    }),
  )
}

export const handlerOrder = async (url: string) => {
  const socket = await opened(url)
  const seen: string[] = []
  const note = (what: string) => () => void seen.push(what)
  socket.addEventListener('message', note('before'))
  socket.onmessage = note('first')
  socket.addEventListener('message', note('behind'))
  socket.onmessage = note('replaced')
  const send = async (): Promise<void> => {
    const message = next(socket, 'message')
    socket.send('x')
    await message
    seen.push('|')
  }
  await send()
  // Emptied, it comes back behind the others.
  socket.onmessage = null
  socket.onmessage = note('again')
  await send()
  socket.onmessage = { handleEvent: note('never') } as never
  await send()
  socket.close()
  return seen
}

/** `this`, the argument, and what false does. */
export const handlerCall = async (url: string) => {
  const socket = await opened(url)
  const seen: unknown[] = []
  socket.onmessage = function (this: unknown, ...args: unknown[]) {
    seen.push(this === socket, args.length, (args[0] as Event).type)
    return false
  }
  const cancelable = new MessageEvent('message', { cancelable: true })
  seen.push(socket.dispatchEvent(cancelable), cancelable.defaultPrevented)
  socket.addEventListener('message', () => false)
  socket.onmessage = null
  seen.push(socket.dispatchEvent(new Event('message', { cancelable: true })))
  socket.close()
  return seen
}

export const listeners = async (url: string) => {
  const socket = await opened(url)
  const seen: string[] = []
  const controller = new AbortController()
  const listener = {
    handleEvent(this: unknown) {
      seen.push(this === listener ? 'object' : 'other')
    },
  }
  socket.addEventListener('message', listener)
  socket.addEventListener('message', () => seen.push('once'), { once: true })
  socket.addEventListener('message', () => seen.push('signal'), { signal: controller.signal })
  socket.addEventListener('message', () => seen.push('capture'), true)
  for (let i = 0; i < 2; i++) {
    const message = next(socket, 'message')
    socket.send('x')
    await message
    controller.abort()
  }
  socket.close()
  return seen
}

export const subclass = async (url: string) => {
  class Client extends WebSocket {
    ask(): void {
      this.send('x')
    }
  }
  const client = new Client(url)
  await next(client, 'open')
  client.ask()
  const { data } = await next(client, 'message')
  client.close()
  return [data, client instanceof WebSocket, client.constructor === Client]
}

export const classes = (url: string) => {
  const socket = socketOf(url)
  return [socket instanceof EventTarget, socket instanceof WebSocket, socket.CLOSED]
}
