/** Errors that no call is waiting for. */
function explode(what: string): never {
  throw new RangeError(`${what} on purpose`)
}

export async function timer(): Promise<string> {
  setTimeout(() => explode('timer'), 1)
  await new Promise((resolve) => setTimeout(resolve, 5))
  return 'went on'
}

export async function rejection(): Promise<string> {
  void Promise.resolve().then(() => explode('rejection'))
  await new Promise((resolve) => setTimeout(resolve, 5))
  return 'went on'
}

export function lines(): void {
  console.log('no position here\n\nbut an empty line')
  console.error(new Error('logged').stack)
}
