import { connect, WebSocketError, WebSocketStream, type EwsError } from '@extism-ws/guest'

import { rejected, thrown } from './observe.js'

export const echo = async (url: string) => {
  const stream = new WebSocketStream(url, { protocols: ['first', 'second'] })
  const { readable, writable, protocol, extensions } = await stream.opened
  const reader = readable.getReader()
  const writer = writable.getWriter()
  const answers: unknown[] = [stream.url === url, protocol, extensions]
  for (const message of ['text', Uint8Array.of(1, 2), new Uint16Array([3]), new ArrayBuffer(0)]) {
    await writer.write(message)
    const { value } = await reader.read()
    answers.push(typeof value === 'string' ? value : [...(value ?? [9])])
  }
  stream.close({ closeCode: 3456, reason: 'pizza' })
  return [...answers, await stream.closed, await reader.read(), await rejected(writer.closed)]
}

export const closesWith = async (url: string) => {
  const infos = [undefined, {}, { reason: '' }, { reason: 'non-empty' }, { closeCode: 3000 }]
  return Promise.all(
    infos.map(async (info) => {
      const stream = new WebSocketStream(url)
      await stream.opened
      stream.close(info)
      return stream.closed
    }),
  )
}

export const refusesToClose = async (url: string) => {
  const stream = new WebSocketStream(url)
  await stream.opened
  const outcomes = [
    ...[999, 1001, 2999, 5000].map((closeCode) => thrown(() => stream.close({ closeCode }))),
    thrown(() => stream.close({ reason: '.'.repeat(124) })),
    thrown(() => stream.close(true as never)),
  ]
  stream.close()
  await stream.closed
  return outcomes
}

export const closesWhileConnecting = async (url: string) => {
  const stream = new WebSocketStream(url)
  stream.close()
  return [await rejected(stream.opened), await rejected(stream.closed)]
}

export const refused = () => [
  thrown(() => new WebSocketStream('no URL')),
  thrown(() => new WebSocketStream('ws://a/#b')),
  thrown(() => new WebSocketStream('ws://a/', { protocols: ['a', 'a'] })),
  thrown(() => new WebSocketStream('ws://a/', { signal: {} as never })),
  thrown(() => Reflect.construct(WebSocketStream, [])),
  thrown(() => Reflect.construct(WebSocketStream, ['ws://a/', 'chat'])),
  thrown(() => Reflect.construct(WebSocketStream, ['ws://a/', { protocols: 'chat' }])),
  thrown(() => Reflect.construct(WebSocketStream, ['ws://a/', { protocols: 1 }])),
]

export const signals = async (url: string) => {
  const early = new WebSocketStream(url, { signal: AbortSignal.abort(new RangeError('early')) })
  const controller = new AbortController()
  const meanwhile = new WebSocketStream(url, { signal: controller.signal })
  controller.abort()
  const outcomes = [
    await rejected(early.opened),
    await rejected(early.closed),
    await rejected(meanwhile.opened),
    await rejected(meanwhile.closed),
  ]
  const late = new AbortController()
  const stream = new WebSocketStream(url, { signal: late.signal })
  await stream.opened
  late.abort()
  stream.close({ closeCode: 3000 })
  return [...outcomes, (await stream.closed).closeCode]
}

export const endsByWriter = async (url: string) => {
  const stream = new WebSocketStream(url)
  const { readable, writable } = await stream.opened
  const writer = writable.getWriter()
  void writer.write('last')
  await writer.close()
  const reader = readable.getReader()
  return [await reader.read(), await reader.read(), await stream.closed]
}

export const endsByStreams = async (url: string) => {
  const reason = new WebSocketError('done', { closeCode: 4000, reason: 'mine' })
  const ends = [
    async (stream: WebSocketStream) => (await stream.opened).writable.abort(),
    async (stream: WebSocketStream) => (await stream.opened).writable.abort(reason),
    async (stream: WebSocketStream) => (await stream.opened).readable.cancel(),
    async (stream: WebSocketStream) => (await stream.opened).readable.cancel(reason),
    async (stream: WebSocketStream) => (await stream.opened).readable.cancel({ closeCode: 4000 }),
  ]
  return Promise.all(
    ends.map(async (end) => {
      const stream = new WebSocketStream(url)
      await end(stream)
      return stream.closed
    }),
  )
}

/** A connection that is lost: everything rejects, with what is known. */
export const lost = async (url: string) => {
  const stream = new WebSocketStream(url)
  const { readable, writable } = await stream.opened
  const reader = readable.getReader()
  const messages: unknown[] = []
  let failure: unknown
  try {
    for (;;) messages.push((await reader.read()).value)
  } catch (error) {
    failure = error
  }
  const { name, closeCode, reason } = failure as WebSocketError
  return [
    messages,
    name,
    closeCode,
    reason,
    await rejected(stream.closed),
    await rejected(writable.getWriter().closed),
  ]
}

export const never = async (url: string) => {
  const stream = new WebSocketStream(url)
  const [opened, closed] = await Promise.allSettled([stream.opened, stream.closed])
  return [opened, closed].map((outcome) => {
    const { name, closeCode } = (outcome as PromiseRejectedResult).reason as WebSocketError
    return [name, closeCode]
  })
}

/** A server that pushes much more than is read. */
export const readsSlowly = async (url: string) => {
  const stream = new WebSocketStream(url)
  const { readable } = await stream.opened
  let count = 0
  let ordered = true
  for (const reader = readable.getReader(); ; count++) {
    const { value, done } = await reader.read()
    if (done) break
    ordered &&= (JSON.parse(value as string) as { number: number }).number === count
    if (count % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 1))
  }
  return [count, ordered, await stream.closed]
}

/** Writes more than the host's buffer holds: writes wait, and none fails. */
export const writesMuch = async (url: string) => {
  const stream = new WebSocketStream(url)
  const { writable } = await stream.opened
  const writer = writable.getWriter()
  const chunk = new Uint8Array(1 << 20)
  for (let i = 0; i < 64; i++) await writer.write(chunk)
  await writer.close()
  return stream.closed
}

export const errorClass = () => {
  const error = new WebSocketError('m', { closeCode: 3000, reason: 'r' })
  const plain = new WebSocketError()
  return [
    error instanceof DOMException,
    error.name,
    error.message,
    error.closeCode,
    error.reason,
    error.code,
    [plain.message, plain.closeCode, plain.reason],
    new WebSocketError('', { reason: 'x' }).closeCode,
    thrown(() => new WebSocketError('', { closeCode: 1 })),
    thrown(() => new WebSocketError('', { reason: 'x'.repeat(124) })),
  ]
}

/** `connect()`: what does not fit is sent when there is room again. */
export const drained = async (url: string) => {
  const socket = await connect(url)
  await socket.drained()
  const chunk = new Uint8Array(1 << 20)
  let refusals = 0
  for (let sent = 0; sent < 64;) {
    try {
      socket.send(chunk)
      sent++
    } catch (error) {
      if ((error as EwsError).code !== 'EWS_LIMIT') throw error
      refusals++
      await socket.drained()
    }
  }
  await socket.close()
  return refusals > 0
}

/** Closes while much is waiting that nobody reads. */
export const closesUnread = async (url: string) => {
  const stream = new WebSocketStream(url)
  await stream.opened
  await new Promise((resolve) => setTimeout(resolve, 50))
  stream.close({ closeCode: 3000 })
  return stream.closed
}
