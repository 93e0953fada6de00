/**
 * Anything with pino's or console's methods. pino itself, and Fastify's `log`, get lines with values that
 * are kept apart from the text; so do others that take `(object, message)` with `log: { structured: true }`.
 */
export interface Logger {
  debug(message: string): void
  info(message: string): void
  warn(message: string): void
  error(message: string): void
}

/** The least severe lines that are passed on. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'

/** The SDK wants a Console; it calls five of its methods. */
export function sdkConsole({ debug, info, warn, error }: Logger): Console {
  return { trace: debug, debug, log: info, info, warn, error } as unknown as Console
}
