import { connect, type Message, type PluginCall } from '@extism-ws/guest'

import { input, later } from './message.js'

function pattern(size: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(size)
  for (let at = 0; at < size; at += 997) bytes[at] = (at + seed) & 0xff
  return bytes
}

function isPattern(bytes: Uint8Array, size: number, seed: number): boolean {
  const wanted = pattern(size, seed)
  return bytes.length === size && bytes.every((byte, at) => byte === wanted[at])
}

/** Large messages that are kept while others come: what is delivered is nobody else's any more. */
export async function keptMessages(call: PluginCall): Promise<object> {
  const { url, sizes } = input(call)
  const [callback, batched, webSocket] = [
    await connect(url),
    await connect(url),
    new WebSocket(url),
  ]
  webSocket.binaryType = 'arraybuffer'
  await new Promise((resolve) => (webSocket.onopen = resolve))
  const kept: Uint8Array[][] = [[], [], []]
  callback.onMessage = (message) => void kept[0]?.push(message as Uint8Array)
  webSocket.onmessage = ({ data }) => void kept[2]?.push(new Uint8Array(data as ArrayBuffer))
  void (async () => {
    for await (const messages of batched.batches()) kept[1]?.push(...(messages as Uint8Array[]))
  })()
  for (const [seed, size] of sizes.entries()) {
    const bytes = pattern(size, seed)
    for (const socket of [callback, batched, webSocket]) socket.send(bytes as never)
    while (kept.some(({ length }) => length <= seed)) await later(1)
  }
  const intact = kept.map((messages) =>
    messages.every((bytes, seed) => isPattern(bytes, sizes[seed] ?? 0, seed)),
  )
  // Their buffers are buffers like others.
  const moved = kept.flat().map(({ buffer }, at) => {
    const size = buffer.byteLength
    const { transfer } = buffer as { transfer?: (size: number) => ArrayBuffer }
    const half =
      transfer === undefined ? buffer.slice(0, size >> 1) : transfer.call(buffer, size >> 1)
    return isPattern(new Uint8Array(half), size >> 1, at % sizes.length)
  })
  webSocket.close()
  await Promise.all([callback.close(), batched.close()])
  return { intact, moved: moved.every(Boolean), received: kept.map(({ length }) => length) }
}

/** Many messages of some KiB are kept, each behind so many small ones that the host's block has grown. */
export async function keptBehindFloods(call: PluginCall): Promise<object> {
  const { url, count, sizes } = input(call)
  const socket = await connect(url)
  const kept: Message[] = []
  let small = 0
  for (let round = 0; round < count; round++) {
    if (round % 50 === 0) {
      const before = small
      for (let at = 0; at < 2000; at++) socket.send('x'.repeat(400))
      while (small < before + 2000) small += (await socket.receiveBatch()).length
    }
    for (const size of sizes) {
      socket.send(pattern(size, round))
      kept.push(await socket.receive())
    }
  }
  await socket.close()
  const intact = kept.every((message, at) => {
    const round = Math.floor(at / sizes.length)
    return isPattern(message as Uint8Array, sizes[at % sizes.length] ?? 0, round)
  })
  return { intact, kept: kept.length }
}
