import { bufferOf, bytesOf } from '../bytes.js'
import { hostFunctions, loop } from '../loop.js'
import { native } from '../native.js'
import { needHost } from '../stage.js'

type HostFunction = (...args: unknown[]) => number | bigint | undefined

let functions: Record<string, HostFunction> | undefined

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
  /** The host functions that this plugin imports, by name. */
  getFunctions: (): Record<string, HostFunction> => {
    needHost('Host.getFunctions')
    functions ??= Object.fromEntries(
      Object.entries(hostFunctions).map(([name, { slot, signature }]) => [
        name,
        (...args: unknown[]) => native.call(slot, signature, ...args),
      ]),
    )
    return functions
  },
}
