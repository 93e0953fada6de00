/** The longest delay of Node's timers, in milliseconds; a longer one would be none at all. */
const longest = 2 ** 31 - 1

/** A delay as Node's timers take it, in milliseconds. */
export function timerDelay(milliseconds: number): number {
  return Math.min(milliseconds, longest)
}
