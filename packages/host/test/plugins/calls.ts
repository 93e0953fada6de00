import type { PluginCall } from '@extism-ws/guest'

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5))

export async function returned(): Promise<object> {
  await pause()
  return { answer: 42 }
}
export async function returnedText(): Promise<string> {
  await pause()
  return 'plain text'
}
export async function returnedBytes(): Promise<Uint8Array> {
  await pause()
  return new Uint8Array([0, 255, 128])
}
export async function returnedNothing(): Promise<void> {
  await pause()
}
export async function returnedUncarried(): Promise<unknown> {
  await pause()
  return 1n
}
export async function outputWins(): Promise<string> {
  await pause()
  Host.outputString('by Host.output')
  return 'by return'
}
export async function outputByCall(call: PluginCall): Promise<void> {
  const before = call.inputText()
  await pause()
  call.output(`${before} = ${call.inputText()} (call ${call.id})`)
}
/** Host.input after an await: fine while this is the only call. */
export async function echoAfterAwait(): Promise<string> {
  await pause()
  return Host.inputString()
}
export async function outputAfterAwait(): Promise<void> {
  const input = Host.inputString()
  await pause()
  Host.outputString(input)
}
/** Never reads its input before the wait. */
export async function lateInput(call: PluginCall): Promise<string> {
  await pause()
  await pause()
  return call.inputText()
}
export async function slow(call: PluginCall): Promise<string> {
  const delay = Number(call.inputText())
  await new Promise((resolve) => setTimeout(resolve, delay))
  return `slept ${delay}`
}
export function sync(): string {
  return `sync ${Host.inputString()}`
}
export function bytes(): ArrayBuffer {
  return Host.inputBytes()
}
