import type { Log, Severity } from '../log.js'

/** Lines about sockets within a minute; a plugin can make something fail as often as it likes. */
const mostLines = 30
const perMs = 60_000

/** The log lines about what happens to a session's sockets. */
export class SessionLines {
  readonly #log: Log | undefined
  #left = mostLines
  #until = -Infinity

  constructor(log: Log | undefined) {
    this.#log = log
  }

  opened(socket: number, url: string, reconnect: boolean): void {
    const again = reconnect ? ' again' : ''
    this.#line('debug', () => `socket ${socket} is open${again}: ${url}`, {
      socket,
      url,
      reconnect,
    })
  }

  closed(socket: number, url: string, code: number, wasClean: boolean): void {
    const facts = { socket, url, closeCode: code, wasClean }
    this.#line('debug', () => `socket ${socket} closed with ${code}: ${url}`, facts)
  }

  failed(socket: number, url: string, code: string, why: string): void {
    this.#line('warn', () => `socket ${socket}: ${code}: ${why}`, { socket, url, code })
  }

  refused(url: string, code: string, why: string): void {
    this.#line('warn', () => `refused to connect to ${url}: ${code}: ${why}`, { url, code })
  }

  reconnecting(socket: number, url: string, attempt: number, delayMs: number): void {
    const facts = { socket, url, attempt, delayMs }
    const message = (): string =>
      `socket ${socket} lost its connection, attempt ${attempt} follows in ${Math.round(delayMs)} ms: ${url}`
    this.#line('info', message, facts)
  }

  #line(level: Severity, message: () => string, facts: Readonly<Record<string, unknown>>): void {
    const log = this.#log
    if (log?.enabled(level) !== true || !this.#spend(log)) return
    log[level](message(), facts)
  }

  #spend(log: Log): boolean {
    const now = performance.now()
    if (now > this.#until) {
      this.#until = now + perMs
      this.#left = mostLines
    }
    if (this.#left < 0) return false
    if (this.#left-- > 0) return true
    log.warn(
      `more than ${mostLines} lines about sockets within a minute: further ones are left out; plugin.metrics() counts all`,
    )
    return false
  }
}
