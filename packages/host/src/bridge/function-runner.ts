import { EwsError, type ErrorCode } from '@extism-ws/protocol'

import { addAbortListener, removeAbortListener } from '../guest/abort-listener.js'
import type { Log } from '../log.js'
import { wouldBlock } from '../mode/mode.js'
import { typedResult, type ResultTypes } from '../module/result-types.js'
import { timerDelay } from '../timer-delay.js'
import type { CallContext, HostFunctions } from './sdk.js'

type Result = number | bigint | undefined

export interface FunctionSettings {
  /** Whether the guest can wait for a promise. */
  readonly waits: boolean
  /** Longest time that a promise may take, in milliseconds. */
  readonly timeoutMs: number
  /** Aborted when the plugin is disposed: then no promise is waited for any more. */
  readonly disposal: AbortSignal
  readonly types: ResultTypes
  /** For failures, before they are reduced to what the guest may know. */
  readonly log: Log
}

/** Runs the integrator's own functions, on the thread that they belong to. */
export class FunctionRunner {
  readonly #settings: FunctionSettings
  /** Those that have failed before. */
  readonly #failed = new Set<string>()

  constructor(settings: FunctionSettings) {
    this.#settings = settings
  }

  /**
   * A promise only when the function is asynchronous.
   *
   * @throws {EwsError} whatever the function throws, also by the promise: what the guest is told.
   */
  run(
    space: string,
    name: string,
    run: HostFunctions[string] | undefined,
    context: CallContext,
    args: readonly unknown[],
  ): Result | Promise<Result> {
    const { waits, types } = this.#settings
    const fail = (error: unknown): never => {
      throw this.#failure(space, name, error)
    }
    try {
      const result = run?.(context, ...(args as never[]))
      if (!isThenable(result)) return typedResult(types, space, name, result)
      if (!waits) {
        // It goes on without us, and must not end the process.
        Promise.resolve(result).catch(() => {})
        throw new EwsError('EWS_WOULD_BLOCK', `it is asynchronous, and ${wouldBlock}`)
      }
      return this.#inTime(result)
        .then((value) => typedResult(types, space, name, value))
        .catch(fail)
    } catch (error) {
      return fail(error)
    }
  }

  /** What the guest sees of a failure: its message, never its stack. */
  #failure(space: string, name: string, error: unknown): EwsError {
    const { code, why } = describe(error)
    const failure = new EwsError(code, `host function "${name}" failed: ${why}`, { cause: error })
    // The first one loudly: a guest may call it as often as it likes.
    const key = `${space} ${name}`
    const level = this.#failed.has(key) ? 'debug' : 'error'
    this.#failed.add(key)
    const facts = { code, function: name }
    this.#settings.log[level](`${failure.message}${placeOf(error)}`, facts)
    return failure
  }

  /**
   * What comes later than it may is dropped.
   *
   * @throws {EwsError} `EWS_TIMEOUT` when it takes longer, `EWS_DISPOSED` when the plugin ends first.
   */
  async #inTime<T>(result: PromiseLike<T>): Promise<T> {
    const { timeoutMs, disposal } = this.#settings
    let end = (): void => {}
    try {
      return await Promise.race([
        result,
        new Promise<never>((_resolve, reject) => {
          const late = (): void => {
            const message = `it did not answer within ${timeoutMs} ms (functionTimeoutMs)`
            reject(new EwsError('EWS_TIMEOUT', message))
          }
          const disposed = (): void =>
            reject(new EwsError('EWS_DISPOSED', 'the plugin was disposed meanwhile'))
          const timer = setTimeout(late, timerDelay(timeoutMs))
          addAbortListener(disposal, disposed)
          if (disposal.aborted) disposed()
          end = () => {
            clearTimeout(timer)
            removeAbortListener(disposal, disposed)
          }
        }),
      ])
    } finally {
      end()
    }
  }
}

function isThenable(value: unknown): value is PromiseLike<number | bigint | void> {
  return typeof value === 'object' && value !== null && 'then' in value
}

/** Anything can be thrown: a look at it may throw as well, and a message may be no text. */
function describe(error: unknown): { code: ErrorCode; why: string } {
  try {
    const code = error instanceof EwsError ? error.code : 'EWS_HOST_FUNCTION'
    return { code, why: String(error instanceof Error ? error.message : error) }
  } catch {
    return { code: 'EWS_HOST_FUNCTION', why: 'it threw something without a description' }
  }
}

/** Where it failed: the first line of its stack. */
function placeOf(error: unknown): string {
  try {
    const stack = error instanceof Error ? (error.stack ?? '') : ''
    const line = stack.split('\n').find((each) => /^\s+at /.test(each))
    return line === undefined ? '' : ` (${line.trim()})`
  } catch {
    return ''
  }
}
