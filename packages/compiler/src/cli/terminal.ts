export function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

/** What is not the result: warnings, errors, lines of the author's code. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`)
}

/** One line that is gone when the work ends; nothing where it would end up in a log file. */
export function showProgress(text: string): () => void {
  if (process.stderr.isTTY !== true) return () => {}
  process.stderr.write(text)
  let shown = true
  return () => {
    if (shown) process.stderr.write('\r\x1b[K')
    shown = false
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
