import { connect, type PluginCall } from '@extism-ws/guest'

import { scenarios, type Scenario } from './order.js'

const asked = <T>(call: PluginCall): T => JSON.parse(call.inputText()) as T
const pause = (delay: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, delay))

export async function scenario(call: PluginCall) {
  return scenarios[asked<Scenario>(call)]()
}

/** The order in which so many timers ran, whose delays the host knows as well. */
export async function manyTimers(call: PluginCall) {
  const delays = asked<number[]>(call)
  const order: number[] = []
  await new Promise<void>((resolve) => {
    for (const [index, delay] of delays.entries()) {
      setTimeout(() => {
        if (order.push(index) === delays.length) resolve()
      }, delay)
    }
  })
  return order
}

/** Milliseconds that a chain of so many timers without a delay took. */
export async function chain(call: PluginCall) {
  const links = asked<number>(call)
  const start = Date.now()
  await new Promise<void>((resolve) => {
    const link = (left: number): void => {
      if (left === 0) resolve()
      else setTimeout(link, 0, left - 1)
    }
    link(links)
  })
  return Date.now() - start
}

/** Milliseconds that so many runs of an interval without a delay took. */
export async function ticks(call: PluginCall) {
  const wanted = asked<number>(call)
  const start = Date.now()
  await new Promise<void>((resolve) => {
    let count = 0
    const interval = setInterval(() => {
      if (++count < wanted) return
      clearInterval(interval)
      resolve()
    }, 0)
  })
  return Date.now() - start
}

/** Its own input, later; by the call object, by which calls are told apart. */
export async function later(call: PluginCall) {
  const { delay } = asked<{ delay: number }>(call)
  await pause(delay)
  await null
  return `${call.id} ${call.inputText()}`
}

/** Every socket echoes once. */
export async function sockets(call: PluginCall) {
  const { url, count } = asked<{ url: string; count: number }>(call)
  const all = await Promise.all(Array.from({ length: count }, () => connect(url)))
  const answers = await Promise.all(
    all.map((socket, index) => {
      socket.send(`number ${index}`)
      return socket.receive()
    }),
  )
  await Promise.all(all.map((socket) => socket.close()))
  return answers.filter((answer, index) => answer === `number ${index}`).length
}

/** A task that always starts the next one, until a message has come round. */
export async function busy(call: PluginCall) {
  const { url, kind } = asked<{ url: string; kind: 'immediate' | 'timeout' }>(call)
  await using socket = await connect(url)
  const next = (run: () => void) => (kind === 'immediate' ? setImmediate(run) : setTimeout(run, 0))
  let running = true
  const again = (): void => {
    if (running) next(again)
  }
  again()
  socket.send('round')
  const answer = await socket.receive()
  running = false
  return { answer }
}

/** Rejections without a handler, in time, too late, or never. */
export async function rejections() {
  const inTime = Promise.reject(new Error('handled in time'))
  const late = Promise.reject(new Error('handled late'))
  void Promise.reject(new Error('never handled'))
  await null
  inTime.catch(() => {})
  await pause(5)
  late.catch(() => {})
  await pause(5)
}

/** Errors of tasks, none of which ends the others. */
export async function throwing() {
  setTimeout(() => {
    throw new Error('of a timer')
  }, 1)
  setImmediate(() => {
    throw new Error('of an immediate')
  })
  queueMicrotask(() => {
    throw new Error('of a microtask')
  })
  await pause(10)
  return 'went on'
}
