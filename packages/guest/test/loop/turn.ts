import type { Timers } from '../../src/loop/index.js'

/** Starts a timer that adds its label to `ran`. */
export function add(timers: Timers, ran: string[], label: string, delay: unknown, now = 0): number {
  return timers.start(() => ran.push(label), delay, [], now, false)
}

/** One turn of a loop: what was started before it and is due by `now`. */
export function turn(timers: Timers, now: number): void {
  const newest = timers.lastOrder
  for (;;) {
    const run = timers.takeDue(now, newest)
    if (run === undefined) return
    run()
  }
}
