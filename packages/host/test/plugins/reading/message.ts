import type { Message, PluginCall } from '@extism-ws/guest'

export const later = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, ms))

export function input(call: PluginCall): { url: string; count: number; sizes: number[] } {
  return JSON.parse(call.inputText()) as ReturnType<typeof input>
}

export function numberOf(message: Message): number {
  return (JSON.parse(String(message)) as { number: number }).number
}

/** Whether the numbers are 0, 1, 2, … */
export function ordered(numbers: readonly number[]): boolean {
  return numbers.every((number, at) => number === at)
}
