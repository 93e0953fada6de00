import { createPlugin, type ExtismPluginOptions, type Plugin } from '@extism/extism'
import { onTestFinished } from 'vitest'

type Functions = NonNullable<ExtismPluginOptions['functions']>

/** A plugin in a plain Extism host: the SDK, and nothing of ours but the integrator's functions. */
export async function open(wasm: Uint8Array, functions: Functions = {}): Promise<Plugin> {
  const plugin = await createPlugin({ wasm: [{ data: wasm }] }, { useWasi: true, functions })
  onTestFinished(() => plugin.close())
  return plugin
}

/** Calls an export and answers its output as text. */
export async function call(plugin: Plugin, name: string, input = ''): Promise<string> {
  const output = await plugin.call(name, input)
  const text = output?.text() ?? ''
  await plugin.reset()
  return text
}
