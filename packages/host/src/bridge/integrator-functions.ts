import { EwsError, type ErrorCode } from '@extism-ws/protocol'

import { addAbortListener, removeAbortListener } from '../guest/abort-listener.js'
import type { Logger } from '../logger.js'
import { wouldBlock } from '../mode/mode.js'
import { typedResult, type ResultTypes } from '../module/result-types.js'
import type { Variables } from '../variables.js'
import type { EntryExports } from './entry-exports.js'
import type { CallContext, HostFunctions } from './sdk.js'
import { suspending } from './suspending.js'

/** The longest delay of Node's timers, in milliseconds: more would be none at all. */
const maxDelay = 2 ** 31 - 1

type HostFunction = HostFunctions[string]

export interface FunctionSettings {
  readonly entry: EntryExports
  /** Whether the guest can be suspended until a promise settles. */
  readonly suspends: boolean
  /** Longest time that a promise may take, in milliseconds. */
  readonly timeoutMs: number
  /** Aborted when the plugin is disposed: then no promise is waited for any more. */
  readonly disposal: AbortSignal
  readonly types: ResultTypes
  readonly variables: Variables
  /** For what a function fails with: the integrator's own, before it is reduced to a message. */
  readonly logger: Logger
}

/**
 * The integrator's own functions as host functions must be: whatever they throw, or come to later,
 * becomes an exception in the guest, and its plugin lives.
 */
export function integratorFunctions(
  spaces: Readonly<Record<string, HostFunctions>>,
  settings: FunctionSettings,
): Record<string, HostFunctions> {
  return Object.fromEntries(
    Object.entries(spaces).map(([space, functions]) => [
      space,
      Object.fromEntries(
        Object.entries(functions).map(([name, run]) => [name, guarded(space, name, run, settings)]),
      ),
    ]),
  )
}

function guarded(
  space: string,
  name: string,
  run: HostFunction,
  settings: FunctionSettings,
): HostFunction {
  const { entry, suspends, types, variables, logger } = settings
  let level: 'error' | 'debug' = 'error'
  const fail = (error: unknown): never => {
    const failure = functionError(name, error)
    // The first one loudly: a guest may call it as often as it likes.
    logger[level](`extism-ws: ${failure.message}${placeOf(error)}`)
    level = 'debug'
    entry.fail(failure)
    // Converts to every type that a Wasm function may return: 0 and 0n.
    return false as never
  }
  const guard: HostFunction = (context: CallContext, ...args: never[]) => {
    try {
      variables.serve(context)
      const result = run(context, ...args)
      if (!isThenable(result)) return typedResult(types, space, name, result)
      if (!suspends) {
        // It goes on without us, and must not end the process.
        Promise.resolve(result).catch(() => {})
        throw new EwsError('EWS_WOULD_BLOCK', `it is asynchronous, and ${wouldBlock}`)
      }
      const began = performance.now()
      return inTime(result, settings)
        .then((value) => typedResult(types, space, name, value))
        .catch(fail)
        .finally(() => entry.waited(performance.now() - began))
    } catch (error) {
      return fail(error)
    }
  }
  return suspends ? suspending(guard) : guard
}

/** Where an integrator's function failed: the first line of its stack, for the log alone. */
export function placeOf(error: unknown): string {
  try {
    const line =
      error instanceof Error
        ? error.stack?.split('\n').find((each) => /^\s+at /.test(each))
        : undefined
    return line === undefined ? '' : ` (${line.trim()})`
  } catch {
    return ''
  }
}

/** What the guest sees of a failure: its message, never its stack. */
export function functionError(name: string, error: unknown): EwsError {
  const { code, why } = describe(error)
  return new EwsError(code, `host function "${name}" failed: ${why}`, { cause: error })
}

/**
 * What comes later than it may is dropped.
 *
 * @throws {EwsError} `EWS_TIMEOUT` when it takes longer, `EWS_DISPOSED` when the plugin ends first.
 */
export async function inTime<T>(
  result: PromiseLike<T>,
  { timeoutMs, disposal }: Pick<FunctionSettings, 'timeoutMs' | 'disposal'>,
): Promise<T> {
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
        const timer = setTimeout(late, Math.min(timeoutMs, maxDelay))
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

export function isThenable(value: unknown): value is PromiseLike<number | bigint | void> {
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
