// What client libraries need and js-pdk does not have.

import { equal } from './assert.js'

export async function timers() {
  let ticks = 0
  await new Promise<void>((resolve) => {
    const interval = setInterval(() => {
      if (++ticks < 3) return
      clearInterval(interval)
      resolve()
    }, 2)
  })
  await new Promise((resolve) => setTimeout(resolve, 20))
  // It was cleared: however long that took, no other one came.
  return equal(ticks, 3)
}

export async function aborts() {
  const controller = new AbortController()
  const seen: unknown[] = []
  controller.signal.addEventListener('abort', () => seen.push('abort'))
  controller.abort('why')
  const timedOut = AbortSignal.timeout(1)
  await new Promise((resolve) => timedOut.addEventListener('abort', resolve))
  return equal(
    [seen, controller.signal.reason, (timedOut.reason as DOMException).name],
    [['abort'], 'why', 'TimeoutError'],
  )
}

export function moreEvents() {
  const message = new MessageEvent('message', { data: { a: 1 }, origin: 'wss://x' })
  const close = new CloseEvent('close', { code: 1001, reason: 'bye', wasClean: true })
  const error = new ErrorEvent('error', { message: 'no' })
  const custom = new CustomEvent('x', { detail: 7 })
  return equal(
    [message.data, message.origin, close.code, close.wasClean, error.message, custom.detail],
    [{ a: 1 }, 'wss://x', 1001, true, 'no', 7],
  )
}

export async function blobs() {
  const blob = new Blob(['hé', new Uint8Array([33])], { type: 'text/Plain' })
  return equal([blob.size, blob.type, await blob.slice(0, 3).text()], [4, 'text/plain', 'hé'])
}

export async function streams() {
  const upper = new TransformStream<string, string>({
    transform: (chunk, controller) => controller.enqueue(chunk.toUpperCase()),
  })
  const source = new ReadableStream<string>({
    start: (controller) => {
      controller.enqueue('a')
      controller.enqueue('b')
      controller.close()
    },
  })
  const seen: string[] = []
  await source.pipeThrough(upper).pipeTo(
    new WritableStream({
      write: (chunk) => {
        seen.push(chunk)
      },
    }),
  )
  return equal(seen, ['A', 'B'])
}

export async function immediates() {
  const done = await new Promise((resolve) => {
    ;(globalThis as unknown as { setImmediate(run: () => void): void }).setImmediate(() =>
      resolve('ran'),
    )
  })
  return equal(done, 'ran')
}
