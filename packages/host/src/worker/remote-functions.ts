import type { EntryExports } from '../bridge/entry-exports.js'
import { thrown } from '../bridge/integrator-functions.js'
import type { CallContext, HostFunctions } from '../bridge/sdk.js'
import type { Variables } from '../variables.js'
import type { Caller } from './caller.js'
import type { Answer, PluginData } from './messages.js'

/**
 * Stand-ins for the integrator's functions, which stay on the main thread. They see the blocks that their
 * arguments name, and the one that they return.
 */
export function remoteFunctions(
  functions: PluginData['functions'],
  caller: Caller,
  entry: EntryExports,
  variables: Variables,
): Record<string, HostFunctions> {
  const standIn =
    (space: string, name: string): HostFunctions[string] =>
    (context: CallContext, ...args: never[]) => {
      try {
        const blocks = blocksOf(context, args)
        const request = { op: 'function', space, name, args, blocks } as const
        const answer = entry.whileBlocked(() => caller.ask(request))
        return resultOf(context, answer, variables)
      } catch (error) {
        return thrown(entry, error)
      }
    }
  return Object.fromEntries(
    functions.map(([space, names]) => [
      space,
      Object.fromEntries(names.map((name) => [name, standIn(space, name)])),
    ]),
  )
}

function blocksOf(
  context: CallContext,
  args: readonly (number | bigint)[],
): ReadonlyMap<bigint, Uint8Array> {
  const blocks = new Map<bigint, Uint8Array>()
  for (const arg of args) {
    const bytes = typeof arg === 'bigint' ? context.read(arg)?.bytes() : undefined
    if (bytes !== undefined) blocks.set(arg as bigint, bytes.slice())
  }
  return blocks
}

function resultOf(
  context: CallContext,
  answer: number | Answer,
  variables: Variables,
): number | bigint | void {
  if (typeof answer !== 'object' || !('changed' in answer)) return undefined
  for (const [name, value] of answer.variables) variables.set(name, value)
  for (const [offset, bytes] of answer.changed) context.read(offset)?.bytes().set(bytes)
  return answer.stored === undefined ? answer.value : context.store(answer.stored)
}
