import { atOnce } from './at-once.js'

/** No sockets: this plugin must load in any Extism host. */
export async function wait(): Promise<string> {
  return atOnce(async () => {
    const order: string[] = []
    const after = (delay: number): Promise<void> =>
      new Promise((resolve) => {
        setTimeout(() => {
          order.push(String(delay))
          resolve()
        }, delay)
      })
    queueMicrotask(() => order.push('microtask'))
    await Promise.all([after(30), after(10), after(20)])
    return order.join(' ')
  })
}

export async function count(): Promise<number> {
  let ticks = 0
  await new Promise<void>((resolve) => {
    const interval = setInterval(() => {
      ticks++
      if (ticks < 10) return
      clearInterval(interval)
      resolve()
    }, 1)
  })
  return ticks
}

export async function sleep(): Promise<string> {
  await new Promise((resolve) => setTimeout(resolve, 300))
  return 'slept'
}

export async function never(): Promise<void> {
  await new Promise(() => {})
}

export async function refuse(): Promise<never> {
  await null
  throw new RangeError('on purpose')
}

export async function unhandled(): Promise<string> {
  void Promise.reject(new Error('nobody looks'))
  await null
  return 'settled'
}

export function samples(): object {
  return { random: [Math.random(), Math.random()], now: Date.now() }
}

export function visits(): number {
  const visits = Number(Var.getString('visits') ?? 0) + 1
  Var.set('visits', String(visits))
  return visits
}

export function greeting(): string {
  console.debug('debug line')
  console.log('greeting', { to: Config.get('name') })
  return `${Config.get('greeting') ?? 'hello'} ${Config.get('name') ?? 'nobody'}`
}
