import {
  encodeRecords,
  errorData,
  EwsError,
  RecordFlag,
  restartExport,
  restartRecord,
  restoredRecord,
  type FindSource,
} from '@extism-ws/protocol'

import type { HttpClient } from '../http/client.js'
import type { Log } from '../log.js'
import type { PluginStats } from '../metrics/plugin-stats.js'
import type { Session } from '../session/session.js'
import type { Guest, LossHandler } from './guest.js'
import type { Instance } from './instance.js'
import type { Pump } from './pump.js'
import type { RestartBudget } from './restart-budget.js'

/** How to make another instance of a plugin. */
export interface Blueprint {
  build(): Promise<Instance>
  readonly find: FindSource | undefined
}

export interface SupervisorParts {
  readonly guest: Guest
  readonly pump: Pump
  readonly session: Session
  readonly http: HttpClient
  readonly log: Log
  readonly stats: PluginStats
  /** Sets the source map of the plugin's lines. */
  setFind(find: FindSource | undefined): void
  /** Undefined where the plugin cannot be built anew. */
  readonly blueprint: Blueprint | undefined
  /** Undefined when a crash is the end. */
  readonly budget: RestartBudget | undefined
}

/**
 * Keeps a plugin going: when its instance is lost, builds another one from the compiled module and hands
 * it the sockets of the old one.
 */
export class Supervisor implements LossHandler {
  readonly #parts: SupervisorParts
  #blueprint: Blueprint | undefined
  #why: EwsError | undefined
  #restarts = 0
  #stopped = false

  constructor(parts: SupervisorParts) {
    this.#parts = parts
    this.#blueprint = parts.blueprint
    parts.guest.lossHandler = this
    this.#track()
  }

  /** How often the plugin was built anew. */
  get restarts(): number {
    return this.#restarts
  }

  /** The plugin is disposed: whatever is lost from now on stays lost. */
  stop(): void {
    this.#stopped = true
    this.#why = undefined
  }

  lost(why: EwsError): EwsError {
    if (this.#stopped) return why
    const { budget, pump, http } = this.#parts
    const again = this.#blueprint !== undefined && budget?.spend() === true
    const error = again
      ? told(why, 'it is built anew')
      : told(why, this.#spent('and cannot be used any more: create it anew'))
    if (again) {
      this.#why = error
      pump.reset(error)
      http.reset()
    } else {
      this.#die(error)
    }
    return error
  }

  async mend(): Promise<void> {
    const { guest, log } = this.#parts
    while (this.#why !== undefined && this.#blueprint !== undefined) {
      const why = this.#why
      this.#why = undefined
      log.error(why.message, { code: why.code, restarts: this.#restarts })
      try {
        const instance = await this.#blueprint.build()
        await this.#goOn(instance, this.#blueprint.find, why)
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message : String(cause)
        const message = `the plugin could not be built anew (${reason}) and cannot be used any more: create it anew`
        this.#die(new EwsError('EWS_TRAPPED', message, { cause }))
      }
      // It may have been lost once more by now, which `lost` has dealt with.
      if (guest.lost === undefined) return
    }
  }

  /**
   * Puts another instance in place, on purpose; the caller has entered.
   *
   * @throws what building it comes to; then the old one goes on. The reason, when there is none any more.
   */
  async reload(blueprint: Blueprint | undefined): Promise<void> {
    const { death } = this.#parts.guest
    if (death !== undefined) throw death
    const next = blueprint ?? this.#blueprint
    if (next === undefined) {
      throw new EwsError(
        'EWS_UNSUPPORTED',
        "a plugin that was made by Extism's own createPlugin cannot be reloaded: use that of @extism-ws/host",
      )
    }
    const instance = await next.build()
    this.#blueprint = next
    const why = new EwsError('EWS_RESTARTED', 'the plugin was reloaded')
    this.#parts.pump.reset(why)
    this.#parts.http.reset()
    await this.#goOn(instance, next.find, why)
  }

  /** The sockets of the old instance become those of the new one, if it wants them. */
  async #goOn(instance: Instance, find: FindSource | undefined, why: EwsError): Promise<void> {
    const { guest, pump, session, log, stats } = this.#parts
    await guest.replace(instance, find)
    // Disposed meanwhile: whoever disposes it closes the instance, and nobody is told anything.
    if (this.#stopped) return
    this.#parts.setFind(find)
    this.#restarts++
    stats.restarted(this.#restarts, why)
    if (!guest.has(restartExport)) {
      const { socketCount } = session
      session.release('plugin restarted')
      if (socketCount > 0) {
        log.warn(
          `${socketCount} sockets were closed with the instance: the plugin does not export ${restartExport}`,
        )
      }
      this.#track()
      return pump.resume()
    }
    const { sockets, taken } = session.restart()
    this.#track()
    const records = [
      restartRecord(errorData(why)),
      ...sockets.map(restoredRecord),
      ...taken.map((record) => ({ ...record, flags: record.flags | RecordFlag.taken })),
    ]
    await pump.callInside(restartExport, encodeRecords(records))
    pump.resume()
  }

  /** Only what can come back need be remembered. */
  #track(): void {
    const { guest, session } = this.#parts
    if (this.#blueprint !== undefined && guest.has(restartExport)) session.track(guest.hasLoop)
  }

  #spent(end: string): string {
    const { budget } = this.#parts
    return this.#blueprint === undefined || budget === undefined
      ? end
      : `${end} (${budget.toString()} were not enough)`
  }

  #die(death: EwsError): void {
    const { guest, pump, session, http, log } = this.#parts
    guest.die(death)
    log.error(death.message, { code: death.code, restarts: this.#restarts })
    pump.stop(death)
    http.dispose()
    void session.dispose()
  }
}

/** The same failure, with what becomes of the plugin. */
function told(why: EwsError, end: string): EwsError {
  const joint = end.startsWith('and') ? ' ' : ': '
  return new EwsError(why.code, `${why.message}${joint}${end}`, { cause: why.cause })
}
