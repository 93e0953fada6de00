// What runs when: the same code runs in a plugin and in Node, and must come to the same.

import { atOnce } from './at-once.js'

type Log = (line: string) => void

/** Runs a scenario until it says that it is done. */
async function logged(scenario: (log: Log, done: () => void) => void): Promise<string[]> {
  const lines: string[] = []
  await new Promise<void>((resolve) => scenario((line) => void lines.push(line), resolve))
  return lines
}

export const scenarios = {
  'promise jobs run after each task': () =>
    logged((log, done) => {
      for (const name of ['first', 'second']) {
        setTimeout(() => {
          log(name)
          queueMicrotask(() => log(`${name}, microtask`))
          void Promise.resolve().then(() => log(`${name}, promise`))
        }, 0)
      }
      setTimeout(done, 20)
    }),

  'timers run by the time they are due, then in the order of their creation': () =>
    atOnce(() =>
      logged((log, done) => {
        for (const [name, delay] of Object.entries({ d: 40, a: 10, b: 10, c: 25, e: 40 })) {
          setTimeout(log, delay, name)
        }
        setTimeout(done, 60)
      }),
    ),

  'a timer that a timer starts with no delay runs behind those that are there': () =>
    logged((log, done) => {
      setTimeout(() => {
        log('outer')
        setTimeout(() => {
          log('inner')
          done()
        }, 0)
      }, 0)
      setTimeout(log, 0, 'beside it')
    }),

  'a callback can clear timers and immediates that are due, and itself': () =>
    logged((log, done) => {
      setTimeout(() => {
        log('clears')
        clearTimeout(beside)
        clearInterval(interval)
      }, 5)
      const beside = setTimeout(log, 5, 'cleared')
      const interval = setInterval(log, 5, 'cleared')
      let ticks = 0
      const own = setInterval(() => {
        log(`tick ${++ticks}`)
        if (ticks < 3) return
        clearInterval(own)
        setTimeout(done, 30)
      }, 8)
      setImmediate(() => clearImmediate(later))
      const later = setImmediate(log, 'cleared')
    }),

  'an immediate of a timer runs before the timers that it starts': () =>
    logged((log, done) => {
      setTimeout(() => {
        setTimeout(() => {
          log('timeout')
          done()
        }, 0)
        setImmediate(log, 'immediate')
        queueMicrotask(() => log('microtask'))
        log('task')
      }, 0)
    }),

  'immediates run in order, with promise jobs after each; their own wait for the next turn': () =>
    logged((log, done) => {
      setImmediate(() => {
        log('first')
        queueMicrotask(() => log('microtask'))
        setImmediate(() => {
          log('of the first')
          done()
        })
      })
      setImmediate(log, 'second')
    }),

  'an interval that was cleared by the promise job of its callback has ended': () =>
    logged((log, done) => {
      const interval = setInterval(() => {
        log('tick')
        queueMicrotask(() => clearInterval(interval))
      }, 1)
      setTimeout(done, 30)
    }),
} as const

export type Scenario = keyof typeof scenarios
