import { EwsError } from '@extism-ws/protocol'

import { suspending } from '../bridge/suspending.js'
import type { ExtismSdk } from '../bridge/sdk.js'
import type { Mode } from './mode.js'

/** What an integrator may ask for. */
export type ModeOption = Mode | 'auto'

/** A module that imports a function and calls it when `run` is called: `(module (import …) …)`. */
const probeBytes = Uint8Array.from([
  // header; type 0 is () -> i32
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 127,
  // import "p" "p" of type 0; function 1 of type 0
  2, 7, 1, 1, 112, 1, 112, 0, 0, 3, 2, 1, 0,
  // export "run" is function 1, whose code is `call 0`
  7, 7, 1, 3, 114, 117, 110, 0, 1, 10, 6, 1, 4, 0, 16, 0, 11,
])

const suspends = new WeakMap<ExtismSdk, Promise<boolean>>()

/** Whether this Node can suspend Wasm (JSPI). */
export function hasJspi(): boolean {
  return 'Suspending' in WebAssembly && 'promising' in WebAssembly
}

/** Whether this SDK suspends a plugin until an asynchronous host function is done; asked once. */
export function sdkSuspends(sdk: ExtismSdk): Promise<boolean> {
  const known = suspends.get(sdk)
  if (known !== undefined) return known
  const answer = hasJspi() ? probe(sdk) : Promise.resolve(false)
  suspends.set(sdk, answer)
  return answer
}

async function probe(sdk: ExtismSdk): Promise<boolean> {
  let done = false
  const wait = suspending(async () => {
    // Longer than microtasks take in which a call that was not suspended resolves.
    await new Promise((resolve) => setImmediate(resolve))
    done = true
    return 0
  })
  try {
    const manifest = { wasm: [{ data: probeBytes }] }
    const plugin = await sdk.createPlugin(
      manifest as never,
      { functions: { p: { p: wait } } } as never,
    )
    try {
      await plugin.call('run')
      // One that does not suspend has returned before the function was done.
      return done
    } finally {
      await plugin.close()
    }
  } catch {
    return false
  }
}

/** What the plugin and its integrator need. */
export interface ModeNeeds {
  /** Whether the plugin calls host functions that wait. */
  readonly waits: boolean
}

/**
 * The mode for a plugin. `auto`: `event` when nothing waits; else `jspi` where Node and the SDK can; else
 * `worker`.
 *
 * @throws {EwsError} `EWS_UNSUPPORTED` for `jspi` where Node or the SDK cannot.
 * @throws {TypeError} for what is no mode.
 */
export async function chooseMode(
  asked: ModeOption,
  sdk: () => Promise<ExtismSdk>,
  { waits }: ModeNeeds,
): Promise<Mode> {
  switch (asked) {
    case 'event':
    case 'worker':
      return asked
    case 'jspi':
      if (await sdkSuspends(await sdk())) return 'jspi'
      throw new EwsError('EWS_UNSUPPORTED', `mode 'jspi' is not possible here: ${whyNotJspi()}`)
    case 'auto':
      if (!waits) return 'event'
      return (await sdkSuspends(await sdk())) ? 'jspi' : 'worker'
    default:
      throw new TypeError(
        `mode must be 'event', 'worker', 'jspi' or 'auto', got ${JSON.stringify(asked)}`,
      )
  }
}

/** For those who asked for `jspi`, or wonder why `auto` did not choose it. */
function whyNotJspi(): string {
  return hasJspi()
    ? 'it needs @extism/extism 2.0.0-rc.11 or newer, and the installed one cannot suspend a plugin'
    : `it needs Node 24.20, 25.9 or 26, and this is ${process.version}`
}
