import { WebSocket, type PluginCall } from '@extism-ws/guest'

import { look } from '../src/look.js'

const sockets: WebSocket[] = []

/** Opens as many sockets as the input says. */
export async function open(call: PluginCall) {
  const [url = '', count] = call.inputText().split(' ')
  const opened = Array.from({ length: Number(count) }, () => {
    const socket = new WebSocket(url)
    socket.binaryType = 'arraybuffer'
    sockets.push(socket)
    return new Promise<void>((resolve, reject) => {
      socket.onopen = () => resolve()
      socket.onclose = ({ code, reason }) => reject(new Error(`closed: ${code} ${reason}`))
    })
  })
  await Promise.all(opened)
}

/** Reads as many messages of all sockets together as the input says; answers what was seen. */
export function flood(call: PluginCall) {
  let left = Number(call.inputText())
  let sum = 0
  return new Promise<number>((resolve, reject) => {
    for (const socket of sockets) {
      socket.onclose = ({ code, reason }) => reject(new Error(`closed: ${code} ${reason}`))
      socket.onmessage = ({ data }) => {
        if (data instanceof ArrayBuffer) sum += look(new Uint8Array(data))
        if (--left === 0) resolve(sum)
      }
      socket.send('go')
    }
  })
}
