import { connect, type PluginCall } from '@extism-ws/guest'

/** What happened, for the host to ask. */
let events: string[] = []

export function takeEvents(): string[] {
  const taken = events
  events = []
  return taken
}

const describe = (reason: unknown): string =>
  reason instanceof DOMException ? `${reason.name}: ${reason.message}` : `not an exception`

/** Rejects when its signal aborts, as `fetch` does. */
export async function untilAborted(call: PluginCall) {
  const name = call.inputText()
  events.push(`${name} began`)
  const { signal } = call
  await new Promise((_, reject) => {
    signal.addEventListener('abort', () => {
      events.push(`${name} ${signal.aborted} ${describe(signal.reason)}`)
      reject(signal.reason)
    })
  })
}

/** The host's logger hears of it while the entry runs. */
export async function loud(call: PluginCall) {
  console.log('the entry runs')
  return untilAborted(call)
}

/** Settles in its first entry. */
export function loudAndSync() {
  console.log('the entry runs')
  return 'settled'
}

/** Does not look at its signal before it has slept. */
export async function lateSignal(call: PluginCall) {
  await new Promise((resolve) => setTimeout(resolve, Number(call.inputText())))
  events.push(`late ${call.signal.aborted} ${describe(call.signal.reason)}`)
  call.output('nobody reads this')
  return 'nor this'
}

export async function sleep(call: PluginCall) {
  await new Promise((resolve) => setTimeout(resolve, Number(call.inputText())))
  return `slept ${call.inputText()}, ${call.signal.aborted}`
}

export async function fetching(call: PluginCall) {
  try {
    await fetch(call.inputText(), { signal: call.signal })
  } catch (error) {
    events.push(`fetch ${error === call.signal.reason} ${describe(error)}`)
    throw error
  }
}

/** Closes its socket when nobody waits for it any more. */
export async function conversing(call: PluginCall) {
  const socket = await connect(call.inputText())
  call.signal.addEventListener('abort', () => void socket.close(3000, 'cancelled'))
  await socket.closed
}

const forever = (): void => {
  for (;;);
}

/** A timer that never returns is cut off, and this waits for ever. */
export async function stuck() {
  await new Promise<void>((resolve) => {
    setTimeout(() => {
      forever()
      resolve()
    }, 1)
  })
}

/** Its listener never returns. */
export async function stubborn(call: PluginCall) {
  events.push('stubborn began')
  const { signal } = call
  await new Promise(() => {
    signal.addEventListener('abort', () => {
      events.push('stubborn')
      forever()
    })
  })
}

/** Its listener throws. */
export async function clumsy(call: PluginCall) {
  events.push('clumsy began')
  const { signal } = call
  await new Promise(() => {
    signal.addEventListener('abort', () => {
      throw new RangeError('of a listener')
    })
  })
}
