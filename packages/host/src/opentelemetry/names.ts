/** The attribute that everything has. */
export const pluginAttribute = 'extism_ws.plugin'

/** What OpenTelemetry calls a metric. */
export function instrumentName(name: string): string {
  return `extism_ws.${name}`
}
