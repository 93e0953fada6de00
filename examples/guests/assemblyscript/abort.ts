import { Host, LogLevel } from '@extism/as-pdk'

/**
 * By `asc --use abort=`, in place of an import `env.abort` that Extism does not have: says why the plugin
 * traps, and lets it.
 */
export function abort(message: string | null, file: string | null, line: u32, column: u32): void {
  const what = message ? message : 'aborted'
  Host.log(LogLevel.Error, `${what} (${file ? file : 'unknown'}:${line}:${column})`)
  unreachable()
}
