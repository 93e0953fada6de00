import type { ExtismSdk, Mode, PluginOptions } from '@extism-ws/host'
import * as candidate from 'extism-rc'

const hasJspi = 'Suspending' in WebAssembly

/** The modes in which a plugin can wait here. */
export const waitingModes: Mode[] = hasJspi ? ['worker', 'jspi'] : ['worker']

/** The options of `createPlugin` for a mode; suspending is of SDK 2 alone. */
export function inMode(mode: Mode): PluginOptions {
  return mode === 'jspi' ? { mode, extism: candidate as unknown as ExtismSdk } : { mode }
}
