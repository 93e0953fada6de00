import { connect, type EwsError, type PluginCall } from '@extism-ws/guest'

import { input, numberOf, ordered } from './message.js'

export async function batches(call: PluginCall): Promise<object> {
  const socket = await connect(input(call).url)
  const numbers: number[] = []
  let largest = 0
  let empty = 0
  for await (const messages of socket.batches()) {
    largest = Math.max(largest, messages.length)
    if (messages.length === 0) empty++
    numbers.push(...messages.map(numberOf))
  }
  return { count: numbers.length, ordered: ordered(numbers), empty, several: largest > 1, largest }
}

export async function receiveBatch(call: PluginCall): Promise<object> {
  const socket = await connect(input(call).url)
  const numbers: number[] = []
  try {
    for (;;) {
      numbers.push(...(await socket.receiveBatch()).map(numberOf))
      // One by one and many at once are the same messages.
      numbers.push(numberOf(await socket.receive()))
    }
  } catch (error) {
    return { count: numbers.length, ordered: ordered(numbers), code: (error as EwsError).code }
  }
}
