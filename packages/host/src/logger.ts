/** Anything with pino's or console's methods. */
export interface Logger {
  debug(message: string): void
  info(message: string): void
  warn(message: string): void
  error(message: string): void
}

const levels = ['debug', 'info', 'warn', 'error', 'silent'] as const

/** The least severe lines that are passed on. */
export type LogLevel = (typeof levels)[number]

/** A logger that passes on what is at least as severe as `level`. */
export function levelLogger(logger: Logger, level: LogLevel): Logger {
  const least = levels.indexOf(level)
  if (least < 0) {
    throw new TypeError(`logLevel must be one of ${levels.join(', ')}, got "${String(level)}"`)
  }
  const pass = (severity: Exclude<LogLevel, 'silent'>) => (message: string) => {
    if (levels.indexOf(severity) >= least) logger[severity](message)
  }
  return { debug: pass('debug'), info: pass('info'), warn: pass('warn'), error: pass('error') }
}

/** The SDK wants a Console; it calls five of its methods. */
export function sdkConsole({ debug, info, warn, error }: Logger): Console {
  return { trace: debug, debug, log: info, info, warn, error } as unknown as Console
}
