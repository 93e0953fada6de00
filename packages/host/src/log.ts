import type { Logger, LogLevel } from './logger.js'

/** What a line is about, for loggers that keep values apart from the text. */
export type Facts = Readonly<Record<string, unknown>>

/** This package's own lines of one plugin. Never throws. */
export interface Log {
  debug(message: string, facts?: Facts): void
  info(message: string, facts?: Facts): void
  warn(message: string, facts?: Facts): void
  error(message: string, facts?: Facts): void
  /** Whether lines of this level are passed on. */
  enabled(level: Severity): boolean
}

const levels = ['debug', 'info', 'warn', 'error', 'silent'] as const

export type Severity = Exclude<LogLevel, 'silent'>

/** pino's methods: values first, and then the text. */
interface PinoShaped {
  debug(facts: object, message: string): void
  info(facts: object, message: string): void
  warn(facts: object, message: string): void
  error(facts: object, message: string): void
}

export interface LogSettings {
  /** Name of the plugin. */
  readonly plugin: string
  /** Default: `info`; everything for a structured logger, which has a level of its own. */
  readonly level: LogLevel | undefined
  /** Default: whether the logger is known to be. */
  readonly structured: boolean | undefined
}

/** Where the lines of one plugin go. */
export interface PluginLogs {
  /** This package's own lines. */
  readonly log: Log
  /** The plugin's lines, which stay as they are. */
  readonly pluginLines: Logger
  readonly structured: boolean
}

/**
 * The logs of one plugin, on the integrator's logger.
 *
 * @throws {TypeError} for a level that is none.
 */
export function logsFor(logger: Logger, settings: LogSettings): PluginLogs {
  const { plugin, structured = isPinoShaped(logger) } = settings
  const level = settings.level ?? (structured ? 'debug' : 'info')
  const least = levels.indexOf(level)
  if (least < 0) {
    throw new TypeError(`logLevel must be one of ${levels.join(', ')}, got "${String(level)}"`)
  }
  const enabled = (severity: Severity): boolean => levels.indexOf(severity) >= least
  const lines = (source: 'host' | 'plugin', prefix: string) => {
    const about = { source, plugin }
    const pass = (severity: Severity) => (message: string, facts?: Facts) => {
      if (!enabled(severity)) return
      try {
        // As methods: pino's need their `this`.
        if (structured) {
          const target = logger as unknown as PinoShaped
          target[severity]({ ...facts, ...about }, message)
        } else logger[severity](prefix === '' ? message : prefix + message)
      } catch {
        // There is no other place to tell it, and whoever writes a line has something else to do.
      }
    }
    return { debug: pass('debug'), info: pass('info'), warn: pass('warn'), error: pass('error') }
  }
  return {
    log: { ...lines('host', `extism-ws: ${plugin}: `), enabled },
    pluginLines: lines('plugin', ''),
    structured,
  }
}

/**
 * Whether values may come first. Loggers of pino have both methods; of those that look like it, winston
 * has `child` and takes the text first, and console has neither.
 */
function isPinoShaped(logger: Logger): boolean {
  const { child, bindings } = logger as { child?: unknown; bindings?: unknown }
  return typeof child === 'function' && typeof bindings === 'function'
}
