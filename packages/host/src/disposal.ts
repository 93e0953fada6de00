import { EwsError } from '@extism-ws/protocol'

import type { Guest } from './guest/guest.js'
import type { Pump } from './guest/pump.js'
import type { Supervisor } from './guest/supervisor.js'
import type { HttpClient } from './http/client.js'
import type { Log } from './log.js'
import type { Summary } from './metrics/summary.js'
import type { Session } from './session/session.js'

/** All that ends with a plugin. Knows nothing of the plugin's handle. */
export interface DisposalParts {
  readonly guest: Guest
  readonly pump: Pump
  readonly supervisor: Supervisor
  readonly session: Session
  readonly http: HttpClient
  readonly log: Log
  readonly summary: Summary
}

/** Ends a plugin, once. */
export class Disposal {
  readonly #parts: DisposalParts
  #running: Promise<void> | undefined

  constructor(parts: DisposalParts) {
    this.#parts = parts
  }

  get begun(): boolean {
    return this.#running !== undefined
  }

  /** Resolves when nothing is left. */
  run(): Promise<void> {
    this.#running ??= this.#dispose()
    return this.#running
  }

  /** Nobody can call `close()` any more. */
  async abandoned(): Promise<void> {
    const { log, session } = this.#parts
    log.warn(
      `the plugin was forgotten without close() and is closed now, with ${session.socketCount} sockets: ` +
        'keep its handle for as long as it is to run, and close it',
    )
    await this.run()
  }

  async #dispose(): Promise<void> {
    const { guest, pump, supervisor, session, http, summary } = this.#parts
    summary.stop()
    supervisor.stop()
    pump.stop(disposed())
    http.dispose()
    await session.dispose()
    // An entry that is running ends first: WASI must not be taken away from under it.
    await guest.enter()
    await guest.close()
    guest.leave()
  }
}

export function disposed(): EwsError {
  return new EwsError('EWS_DISPOSED', 'the plugin was disposed; create it anew')
}

/** The last net: nothing but a bug gets here. */
const forgotten = new FinalizationRegistry<Disposal>((disposal) => void disposal.abandoned())

/** Has the disposal run when the handle is garbage-collected. */
export function watch(handle: object, disposal: Disposal): void {
  forgotten.register(handle, disposal, disposal)
}

/** The handle was closed as it should be. */
export function unwatch(disposal: Disposal): void {
  forgotten.unregister(disposal)
}
