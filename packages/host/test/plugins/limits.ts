import type { PluginCall } from '@extism-ws/guest'

export function endless(): void {
  for (;;);
}

export async function endlessLater(): Promise<void> {
  await null
  for (;;);
}

export function endlessRegex(): boolean {
  return /^(?:(?:a+)+)+$/.test(`${'a'.repeat(40)}b`)
}

export async function endlessTimer(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 1))
  for (;;);
}

/** The listener of an event runs too long; the call itself only waits for another timer. */
export async function endlessListener(): Promise<string> {
  setTimeout(() => {
    for (;;);
  }, 1)
  await new Promise((resolve) => setTimeout(resolve, 5))
  return 'went on'
}

export function endlessCatch(): string {
  try {
    for (;;);
  } catch {
    return 'caught'
  } finally {
    for (;;);
  }
}

export async function endlessJobs(): Promise<void> {
  const again = (): Promise<void> => Promise.resolve().then(again)
  await again()
}

/** Takes memory until there is none, and tells how it ended. */
export function exhaust(): string {
  const kept: Uint8Array[] = []
  try {
    for (;;) kept.push(new Uint8Array(1 << 20).fill(1))
  } catch (error) {
    const { length } = kept
    kept.length = 0
    return `${(error as Error).name} after ${length} MiB`
  }
}

export function exhaustStrings(): string {
  let text = 'x'
  try {
    for (;;) text += text + text.toUpperCase()
  } catch (error) {
    return (error as Error).name
  }
}

export async function exhaustLater(): Promise<void> {
  await null
  const kept: unknown[] = []
  for (;;) kept.push(Array.from({ length: 1000 }))
}

export function ping(call: PluginCall): string {
  return `pong ${call.inputText()}`
}
