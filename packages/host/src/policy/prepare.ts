import { EwsError } from '@extism-ws/protocol'

import { answerOf, type ConnectionAttempt, type Faults } from './attempt.js'
import { originOf, quoted } from './place.js'

/** What the integrator gives to a connection, unseen by the plugin. */
export interface Preparation {
  /** Where to connect instead. The allow list must cover it. Default: the plugin's URL. */
  readonly url?: string | URL
  /**
   * Headers of the opening handshake; they replace the plugin's of the same name. Credentials are
   * welcome, what frames the message is not. Default: none.
   */
  readonly headers?: Readonly<Record<string, string>>
}

/** Gives a connection what the plugin must not know, such as a token that is fresh for each attempt. */
export type Prepare = (
  attempt: ConnectionAttempt,
) => Preparation | undefined | PromiseLike<Preparation | undefined>

const option = 'sockets.prepare'

/**
 * What the function answers, checked for its form.
 *
 * @param use checks the answer further, and makes something of it.
 * @throws {EwsError} `EWS_CONNECT` when the function throws, `EWS_DENIED` when what it answers is none,
 *   or refused by `use`; `EWS_TIMEOUT` when it does not answer in time. No message has anything of what
 *   it threw or answered.
 */
export async function askForPreparation<T>(
  prepare: Prepare,
  attempt: ConnectionAttempt,
  faults: Faults,
  use: (preparation: Preparation) => T,
): Promise<T> {
  const { url, signal } = attempt
  // The function has the attempt's URL, and can change it.
  const place = quoted(originOf(url))
  let answer: unknown
  try {
    answer = await answerOf(() => prepare(attempt), option, signal)
  } catch (cause) {
    if (signal.aborted) throw cause
    faults.tell(option, cause)
    const message = `cannot connect to ${place}: ${option} of the host failed; its log says why`
    throw new EwsError('EWS_CONNECT', message, { cause })
  }
  try {
    return use(preparationFrom(answer))
  } catch (cause) {
    faults.tell(option, cause instanceof Error ? cause.message : cause)
    const message = `cannot connect to ${place}: what ${option} of the host answered is refused; its log says why`
    throw new EwsError('EWS_DENIED', message, { cause })
  }
}

function preparationFrom(answer: unknown): Preparation {
  if (answer === undefined) return {}
  if (typeof answer !== 'object' || answer === null) {
    throw new TypeError(`it answered ${kindOf(answer)}; expected { url, headers } or undefined`)
  }
  const { url, headers } = answer as Record<string, unknown>
  if (url !== undefined && typeof url !== 'string' && !(url instanceof URL)) {
    throw new TypeError(`its url is ${kindOf(url)}; expected a string or a URL`)
  }
  if (headers !== undefined && !isHeaders(headers)) {
    throw new TypeError('its headers are no object of strings')
  }
  return { ...(url === undefined ? {} : { url }), ...(headers === undefined ? {} : { headers }) }
}

/** A value may be a secret: its kind must do. */
function kindOf(value: unknown): string {
  return value === null ? 'null' : typeof value
}

function isHeaders(value: unknown): value is Record<string, string> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((each) => typeof each === 'string')
  )
}
