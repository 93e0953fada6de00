import { connect, type PluginCall } from '@extism-ws/guest'

import { input, later, numberOf, ordered } from './message.js'

export async function callback(call: PluginCall): Promise<object> {
  const socket = await connect(input(call).url)
  const numbers: number[] = []
  socket.onMessage = (message) => void numbers.push(numberOf(message))
  const { code } = await socket.closed
  return { count: numbers.length, ordered: ordered(numbers), code }
}

/** With what a callback is called. */
export async function callbackArguments(call: PluginCall): Promise<object> {
  const socket = await connect(input(call).url)
  const seen: unknown[] = []
  socket.onMessage = function (this: unknown, ...all: unknown[]) {
    seen.push([this === undefined, all.length])
  }
  await socket.closed
  return seen
}

/** Messages that came before anybody asked. */
export async function unreadFirst(call: PluginCall): Promise<object> {
  const socket = await connect(input(call).url)
  await later(50)
  const numbers: number[] = []
  const first = await socket.receive()
  numbers.push(numberOf(first))
  socket.onMessage = (message) => void numbers.push(numberOf(message))
  const atOnce = numbers.length
  await socket.closed
  return { atOnce, count: numbers.length, ordered: ordered(numbers) }
}

/** From the loop to the callback and back. */
export async function switching(call: PluginCall): Promise<object> {
  const socket = await connect(input(call).url)
  const heard: string[] = []
  const say = async (text: string): Promise<void> => {
    socket.send(text)
    while (!heard.some((one) => one.endsWith(text))) await later(1)
  }
  void (async () => {
    for await (const message of socket) heard.push(`loop ${String(message)}`)
  })()
  await say('a')
  socket.onMessage = (message) => void heard.push(`callback ${String(message)}`)
  await say('b')
  socket.onMessage = undefined
  await say('c')
  await socket.close()
  return heard
}

export async function throwing(call: PluginCall): Promise<object> {
  const socket = await connect(input(call).url)
  const numbers: number[] = []
  socket.onMessage = (message) => {
    numbers.push(numberOf(message))
    if (numbers.length === 2) throw new Error('the second one')
  }
  await socket.closed
  return { count: numbers.length, ordered: ordered(numbers) }
}

/** The second message takes longer than an entry may. */
export async function tooLong(call: PluginCall): Promise<object> {
  const socket = await connect(input(call).url)
  const numbers: number[] = []
  socket.onMessage = (message) => {
    numbers.push(numberOf(message))
    while (numbers.length === 2);
  }
  await socket.closed
  return { count: numbers.length, ordered: ordered(numbers) }
}

/** What begins in a callback goes on without another event. */
export async function goingOn(call: PluginCall): Promise<string[]> {
  const socket = await connect(input(call).url)
  const steps: string[] = []
  await new Promise<void>((resolve) => {
    socket.onMessage = () => {
      void Promise.resolve().then(() => steps.push('job'))
      setTimeout(() => {
        steps.push('timer')
        setImmediate(() => {
          steps.push('immediate')
          resolve()
        })
      }, 1)
    }
    socket.send('go')
  })
  await socket.close()
  return steps
}
