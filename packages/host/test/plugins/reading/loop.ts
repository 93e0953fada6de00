import { connect, type EwsError, type PluginCall } from '@extism-ws/guest'

import { input, later, numberOf, ordered } from './message.js'

/** By two loops, single messages and batches in turn; each message goes to one of them. */
export async function inTurn(call: PluginCall): Promise<object> {
  const socket = await connect(input(call).url)
  const loops = [socket[Symbol.asyncIterator](), socket[Symbol.asyncIterator]()] as const
  const numbers: number[] = []
  const next = async (loop: (typeof loops)[0 | 1]): Promise<void> => {
    const { value, done } = await loop.next()
    if (done !== true) numbers.push(numberOf(value))
  }
  try {
    for (let turn = 0; ; turn++) {
      // Of different lengths, so that each comes to the end of what arrived together.
      for (let left = turn % 7; left > 0; left--) await next(loops[0])
      await Promise.all([next(loops[1]), next(loops[0]), next(loops[1])])
      numbers.push(numberOf(await socket.receive()))
      if (turn % 5 === 0) numbers.push(...(await socket.receiveBatch()).map(numberOf))
    }
  } catch (error) {
    return { count: numbers.length, ordered: ordered(numbers), code: (error as EwsError).code }
  }
}

/** What a loop that breaks off leaves to the next, and what it gives afterwards. */
export async function brokenOff(call: PluginCall): Promise<object> {
  const socket = await connect(input(call).url)
  const numbers: number[] = []
  // Until many have arrived.
  await later(50)
  for await (const message of socket) {
    numbers.push(numberOf(message))
    if (numbers.length === 10) break
  }
  const loop = socket[Symbol.asyncIterator]()
  const { next } = loop
  const results = await Promise.all([next.call(loop), loop.next(), next.call(loop)])
  for (const { value } of results) if (value !== undefined) numbers.push(numberOf(value))
  const keys = Object.keys(results[0])
  await loop.return?.()
  const ended = [await next.call(loop), await loop.next()]
  for await (const message of socket) numbers.push(numberOf(message))
  return { count: numbers.length, ordered: ordered(numbers), keys, ended }
}

/** As many messages as were sent, of which none is the last. */
export async function arrived(call: PluginCall): Promise<object> {
  const { url, count } = input(call)
  const socket = await connect(url)
  for (let number = 0; number < count; number++) socket.send(JSON.stringify({ number }))
  await later(50)
  const numbers: number[] = []
  for await (const message of socket) {
    numbers.push(numberOf(message))
    if (numbers.length === count) break
  }
  await socket.close()
  return { count: numbers.length, ordered: ordered(numbers) }
}
