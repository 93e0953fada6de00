import { asEwsError } from '../unexpected.js'
import type { Variables } from '../variables.js'
import type { EntryExports } from './entry-exports.js'
import type { FunctionRunner } from './function-runner.js'
import type { CallContext, HostFunctions } from './sdk.js'
import { suspending } from './suspending.js'

type HostFunction = HostFunctions[string]

export interface IntegratorSettings {
  readonly runner: FunctionRunner
  readonly entry: EntryExports
  readonly variables: Variables
  /** Whether the guest is suspended until a promise settles. */
  readonly suspends: boolean
}

/**
 * The integrator's own functions as host functions must be: whatever they throw, or come to later,
 * becomes an exception in the guest, and its plugin lives.
 */
export function integratorFunctions(
  spaces: Readonly<Record<string, HostFunctions>>,
  settings: IntegratorSettings,
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
  { runner, entry, variables, suspends }: IntegratorSettings,
): HostFunction {
  const guard: HostFunction = (context: CallContext, ...args: never[]) => {
    try {
      variables.serve(context)
      const answer = runner.run(space, name, run, context, args)
      if (!(answer instanceof Promise)) return answer
      return entry.untilSettled(answer.catch((error: unknown) => thrown(entry, error)))
    } catch (error) {
      return thrown(entry, error)
    }
  }
  return suspends ? suspending(guard) : guard
}

/** Has the guest throw the failure. What is returned converts to every type that a Wasm function may return. */
export function thrown(entry: EntryExports, error: unknown): never {
  entry.fail(asEwsError(error))
  return false as never
}
