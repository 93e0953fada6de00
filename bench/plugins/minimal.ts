import type { PluginCall } from '@extism-ws/guest'

/** What every documentation begins with. */
export function greet(call: PluginCall): string {
  return `Hello, ${call.inputText()}!`
}
