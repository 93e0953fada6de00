import { connect, type PluginCall } from '@extism-ws/guest'

/**
 * Sends a text and some bytes to an echo server, and answers what came back.
 *
 * Every exported function is an export of the plugin. Its argument is the call: here, its input is
 * the server's URL. What it returns is the output; objects become JSON.
 */
export async function run(call: PluginCall) {
  // `await using` closes the socket when the function ends, however it ends.
  await using socket = await connect(call.inputText())

  socket.send('Grüße, 世界')
  const text = await socket.receive()

  // Text arrives as a string, binary as a Uint8Array.
  socket.send(new Uint8Array([0, 127, 128, 255]))
  const bytes = await socket.receive()

  return { text, bytes: [...bytes] }
}

/** A text there and back by the standard class, a global as in a browser. */
export function runStandard(call: PluginCall) {
  const socket = new WebSocket(call.inputText())
  // The promise that an export returns may be anyone's: its value is the output once it is there.
  return new Promise<string>((resolve, reject) => {
    socket.addEventListener('open', () => socket.send('Hello from the standard class'))
    socket.addEventListener('message', ({ data }) => {
      resolve(String(data))
      socket.close()
    })
    socket.addEventListener('error', () => reject(new Error(`no connection to ${socket.url}`)))
  })
}
