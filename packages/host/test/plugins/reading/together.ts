import { connect, type PluginCall, type Socket } from '@extism-ws/guest'

import { input } from './message.js'

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
