/** Fails the call when two values differ in JSON; answers `true`, the output of a row that works. */
export function equal(actual: unknown, expected: unknown): true {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (a !== b) throw new Error(`${a} instead of ${b}`)
  return true
}

/** The name of the error that this throws; `nothing` when it does not. */
export function thrownBy(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    return error instanceof Error ? error.name : typeof error
  }
  return 'nothing'
}
