import { bufferOf, bytesOf } from '../bytes.js'
import { hostCall } from '../host-call.js'
import { hostFunctions, loop } from '../loop.js'
import { native } from '../native.js'

type HostFunction = (...args: unknown[]) => number | bigint | undefined

/** ES2026; the engine has it. */
const Base64 = Uint8Array as unknown as { fromBase64(text: string): Uint8Array }

let functions: Record<string, HostFunction> | undefined

/** Looked up at each call: the compiler fills in the slots after the author's top level has run. */
function call(name: string, args: unknown[]): number | bigint | undefined {
  const found = hostFunctions[name]
  if (found === undefined) throw new Error(`the host function ${name} is not imported`)
  return hostCall(found, args)
}

/** js-pdk's `Host`. Input and output are the current call's, see `Loop.currentCall`. */
export const Host = {
  inputBytes: (): ArrayBuffer => bufferOf(loop.currentCall().input().slice()),
  inputString: (): string => native.decode(loop.currentCall().input()),
  outputBytes: (output: unknown): boolean => {
    loop.currentCall().output(bytesOf(output))
    return true
  },
  outputString: (output: unknown): boolean => {
    loop.currentCall().output(String(output))
    return true
  },
  /**
   * The host functions that this plugin imports, by name. js-pdk's plugins take them at the top
   * level, where there is no host yet: only a call needs one.
   */
  getFunctions: (): Record<string, HostFunction> => {
    functions ??= Object.fromEntries(
      Object.keys(hostFunctions).map((name) => [name, (...args: unknown[]) => call(name, args)]),
    )
    return functions
  },
  /** Calls a host function by its place among those that were declared, from 0. */
  invokeFunc: (id: number, ...args: unknown[]): number | bigint | undefined => {
    const all = Object.values(Host.getFunctions())
    const called = all[id]
    if (called !== undefined) return called(...args)
    throw new RangeError(`Host.invokeFunc: there is no host function ${id}, only ${all.length}`)
  },
  /** The same for one that returns nothing. */
  invokeFunc0: (id: number, ...args: unknown[]): void => void Host.invokeFunc(id, ...args),

  arrayBufferToBase64: (input: unknown): string => {
    return (bytesOf(input) as Uint8Array & { toBase64(): string }).toBase64()
  },
  base64ToArrayBuffer: (input: unknown): ArrayBuffer => bufferOf(Base64.fromBase64(String(input))),
}
