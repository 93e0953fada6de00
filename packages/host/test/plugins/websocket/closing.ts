import { heard, next, opened, thrown } from './observe.js'

type Close = (code?: unknown, reason?: unknown) => void

const close = (socket: WebSocket, ...args: unknown[]): void =>
  Reflect.apply(socket.close as Close, socket, args)

export const badCodes = async (url: string) => {
  const socket = await opened(url)
  const codes = [0, 999, 1001, 1005, 1006, 1015, 2999, 5000, -1, 65_536 + 1000, NaN, null, 'x']
  const outcomes = codes.map((code) => thrown(() => close(socket, code)))
  const symbols = [thrown(() => close(socket, 1000n)), thrown(() => close(socket, Symbol('x')))]
  const { readyState } = socket
  socket.close()
  return [...new Set(outcomes), ...symbols, readyState]
}

/** Code and reason as the server echoes them. */
async function closedWith(url: string, ...args: unknown[]): Promise<unknown> {
  const socket = await opened(url)
  const ended = next(socket, 'close')
  close(socket, ...args)
  const state = socket.readyState
  const { code, reason, wasClean } = await ended
  return [state, code, reason, wasClean]
}

export const codes = (url: string) =>
  Promise.all([1000, 3000, 4999, '4000', 2999.6, 4999.4].map((code) => closedWith(url, code)))

export const nothing = (url: string) =>
  Promise.all([closedWith(url), closedWith(url, undefined), closedWith(url, undefined, undefined)])

export const reasons = (url: string) =>
  Promise.all([
    closedWith(url, 3001, 'enough'),
    closedWith(url, 3001, 'é'.repeat(61)),
    closedWith(url, 3001, 'a\ud800'),
    closedWith(url, undefined, 'only a reason'),
    closedWith(url, 3001, null),
  ])

export const longReasons = async (url: string) => {
  const socket = await opened(url)
  const outcomes = [
    thrown(() => socket.close(1000, 'x'.repeat(124))),
    thrown(() => socket.close(1000, 'é'.repeat(62))),
    thrown(() => close(socket, undefined, 'x'.repeat(124))),
    // The code is looked at first.
    thrown(() => socket.close(1, 'x'.repeat(124))),
  ]
  const { readyState } = socket
  socket.close()
  return [...outcomes, readyState]
}

export const whileConnecting = async (url: string) => {
  const socket = new WebSocket(url)
  const events = heard(socket)
  socket.close(3000, 'never sent')
  return [socket.readyState, ...(await events)]
}

export const inOpenHandler = (url: string) => {
  const socket = new WebSocket(url)
  const events = heard(socket)
  socket.addEventListener('open', () => socket.close(3000))
  return events
}

export const twice = async (url: string) => {
  const socket = await opened(url)
  const events = heard(socket)
  socket.close(3000, 'first')
  socket.close(3001, 'second')
  const bad = thrown(() => socket.close(1))
  const seen = await events
  socket.close(3002)
  return [...seen, bad, thrown(() => socket.close(1)), socket.readyState]
}

export const inCloseHandler = async (url: string) => {
  const socket = await opened(url)
  let count = 0
  socket.addEventListener('close', () => {
    count++
    socket.close()
  })
  socket.close()
  await next(socket, 'close')
  await new Promise((resolve) => setTimeout(resolve, 10))
  return count
}

/** Messages before the close frame are not discarded. */
export const afterSending = async (url: string) => {
  const socket = await opened(url)
  const events = heard(socket)
  for (let i = 0; i < 100; i++) socket.send('3001')
  socket.close()
  return events
}

export const byServer = async (url: string) => {
  const socket = await opened(url)
  const events = heard(socket)
  socket.send('4321')
  return events
}
