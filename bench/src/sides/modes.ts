import { createPlugin, type Mode, type Plugin, type PluginOptions } from '@extism-ws/host'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

import { sdk } from './sdk.js'

const specifier = pathToFileURL(createRequire(import.meta.url).resolve('extism-rc')).href

/** Every mode that this Node has. */
export const modes: readonly Mode[] =
  'Suspending' in WebAssembly ? ['event', 'worker', 'jspi'] : ['event', 'worker']

/** Those in which a plugin can wait. */
export const waitingModes = modes.filter((mode) => mode !== 'event')

/** A plugin in one mode, on SDK 2, with time for long runs in one call. */
export function pluginIn(
  mode: Mode,
  module: Uint8Array,
  options: PluginOptions = {},
): Promise<Plugin> {
  const extism = mode === 'worker' ? specifier : sdk
  return createPlugin(module, { mode, extism, timeoutMs: 60_000, ...options })
}
