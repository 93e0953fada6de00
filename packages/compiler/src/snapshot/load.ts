import { EngineInstance } from '@extism-ws/engine'
import { guestLimits, scriptName } from '@extism-ws/protocol'

import type { Bundle } from '../bundle/bundle.js'
import type { Slot } from '../link/host-function.js'
import { loadError, parseError } from './load-error.js'
import { finish, giveUp, prepare, throwUnhandled } from './script.js'
import { StackReader } from './stack.js'

/** A line that the author's code printed while it was loaded: 1 debug, 2 info, 3 warn, 4 error. */
export interface BuildLine {
  readonly level: number
  readonly text: string
}

/** An engine that has loaded the author's code. */
export interface Loaded {
  readonly instance: EngineInstance
  readonly exports: readonly string[]
  readonly lines: readonly BuildLine[]
}

const ownScript = 'extism-ws:build'

/**
 * Runs a bundle's top level in an engine that runs here.
 *
 * @param engine compiled. The host functions need not be linked into it: there is no host to call,
 *   and their slots are known.
 * @throws {EwsError} `EWS_BUILD` when the code throws, at the author's file, line and column.
 */
export function load(
  engine: WebAssembly.Module,
  bundle: Bundle,
  slots: Readonly<Record<string, Slot>>,
): Loaded {
  const instance = EngineInstance.open(engine)
  const parser = EngineInstance.open(engine)
  const stacks = new StackReader(bundle)
  const run = (script: string): string => instance.evaluate(parser.compile(script, ownScript))
  const answer = (script: string): { exports: string[]; lines: BuildLine[] } => {
    const { exports, lines } = JSON.parse(run(script)) as { exports: string[]; lines: BuildLine[] }
    return { exports, lines: lines.map(({ level, text }) => ({ level, text: stacks.text(text) })) }
  }

  const { memoryBytes, heapShare, stackBytes } = guestLimits
  const seal = (): void => instance.seal({ stackBytes, memoryBytes: memoryBytes * heapShare })
  // The limits hold for the top level too: without them, recursion would overflow Node's own stack.
  seal()
  run(prepare(Object.keys(slots)))
  let bytecode: Uint8Array
  try {
    bytecode = parser.compile(bundle.code, scriptName)
  } catch (error) {
    throw parseError(error, bundle, stacks)
  }
  let unhandled = false
  try {
    instance.evaluate(bytecode)
    unhandled = true
    run(throwUnhandled)
    unhandled = false
    const { exports, lines } = answer(finish(slots))
    seal()
    return { instance, exports, lines }
  } catch (error) {
    let printed: string[] = []
    try {
      printed = answer(giveUp).lines.map(({ text }) => text)
    } catch {
      // The engine is beyond answering; what stopped it is what counts.
    }
    throw loadError(error, { bundle, stacks, unhandled, printed })
  }
}
