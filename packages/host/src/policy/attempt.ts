import { EwsError, type ConnectRequest } from '@extism-ws/protocol'

import type { Log } from '../log.js'

/** What the integrator's functions get to know of a connection before it is made. */
export interface ConnectionAttempt {
  /** Where the plugin wants to connect, as the allow list has passed it. A copy. */
  readonly url: URL
  /** Subprotocols that the plugin wants. */
  readonly protocols: readonly string[]
  /** Headers that the plugin sends. */
  readonly headers: Readonly<Record<string, string>>
  /** The plugin's name for the socket; empty for none. */
  readonly name: string
  /** 0 for the first attempt, n for the n-th reconnect. */
  readonly number: number
  /** Aborted when the answer is not wanted any more: after `connectTimeoutMs`, or when the plugin goes. */
  readonly signal: AbortSignal
}

/** A copy for each function: nothing that one does to it reaches another, or the connection. */
export function attemptOf(
  { protocols = [], headers = {}, name = '' }: ConnectRequest,
  url: URL,
  number: number,
  signal: AbortSignal,
): ConnectionAttempt {
  return Object.freeze({
    url: new URL(url),
    protocols: Object.freeze([...protocols]),
    headers: Object.freeze({ ...headers }),
    name,
    number,
    signal,
  })
}

/**
 * What a function of the integrator comes to, as long as it is wanted. What comes later is dropped.
 *
 * @param option the function's name, for the message.
 * @throws {EwsError} once the signal aborts: its reason if that is one, `EWS_TIMEOUT` for a
 *   `TimeoutError`, else `EWS_CLOSED`.
 * @throws whatever the function throws.
 */
export async function answerOf<T>(
  ask: () => T | PromiseLike<T>,
  option: string,
  signal: AbortSignal,
): Promise<T> {
  let stop = (): void => {}
  const aborted = new Promise<never>((_resolve, reject) => {
    const abort = (): void => reject(unanswered(option, signal))
    stop = () => signal.removeEventListener('abort', abort)
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
  })
  try {
    // Not asked at all when nobody wants to know.
    return await Promise.race([aborted, signal.aborted ? aborted : ask()])
  } catch (error) {
    // What it began with the signal fails as well, in words of its own.
    throw signal.aborted ? unanswered(option, signal) : error
  } finally {
    stop()
  }
}

function unanswered(option: string, { reason }: AbortSignal): EwsError {
  if (reason instanceof EwsError) return reason
  if (reason instanceof Error && reason.name === 'TimeoutError') {
    const message = `${option} of the host did not answer within the time for connecting (sockets.connectTimeoutMs)`
    return new EwsError('EWS_TIMEOUT', message, { cause: reason })
  }
  return new EwsError('EWS_CLOSED', 'the connection was given up', { cause: reason })
}

/** Tells the integrator what the plugin must not know: what their function threw, or answered wrongly. */
export class Faults {
  readonly #log: Pick<Log, 'error' | 'debug'>
  readonly #seen = new Set<string>()

  constructor(log: Pick<Log, 'error' | 'debug'>) {
    this.#log = log
  }

  /** The first of each function loudly: a plugin may connect as often as it likes. */
  tell(option: string, fault: unknown): void {
    const level = this.#seen.has(option) ? 'debug' : 'error'
    this.#seen.add(option)
    this.#log[level](`${option}: ${textOf(fault)}`)
  }
}

/** Anything can be thrown: a look at it may throw as well. */
function textOf(fault: unknown): string {
  try {
    if (typeof fault === 'string') return fault
    return String(fault instanceof Error ? (fault.stack ?? fault.message) : fault)
  } catch {
    return 'it threw something without a description'
  }
}
