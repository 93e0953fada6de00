import type { PluginCall } from '@extism-ws/guest'

import { input, later } from './message.js'

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
