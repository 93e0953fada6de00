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

/** How lines are written. */
export interface LogOptions {
  /**
   * Whether the logger takes values first and then the text, as pino does: `logger.info({ plugin, socket }, 'text')`.
   * Default: whether it has pino's methods `child` and `bindings`. Set it for others of that shape, such as bunyan.
   */
  readonly structured?: boolean
  /**
   * How often a line sums up what the plugin did since the last one, in milliseconds; there is none when it did
   * nothing. `false`: never. Default: 60,000.
   */
  readonly summaryEveryMs?: number | false
  /**
   * Of which level that line is. Default: `info` for a structured logger; otherwise `debug`, since on `console` it would
   * be between the lines that your program prints.
   */
  readonly summaryLevel?: 'debug' | 'info'
}

/** @internal The SDK wants a Console; it calls five of its methods. */
export function sdkConsole({ debug, info, warn, error }: Logger): Console {
  return { trace: debug, debug, log: info, info, warn, error } as unknown as Console
}
