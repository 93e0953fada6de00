import { EngineInstance } from '@extism-ws/engine'
import { guestLimits, scriptName } from '@extism-ws/protocol'

import type { Bundle } from '../bundle/bundle.js'
import type { ExportType } from '../link/export-body.js'
import type { Slot } from '../link/host-function.js'
import { buildWarnings, type BuildWarning } from './build-warning.js'
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
  /** What the top level read that is now the same in every instance. */
  readonly warnings: readonly string[]
}

/** What an engine answers when the author's code has been loaded. */
interface Answer {
  readonly exports: string[]
  readonly lines: BuildLine[]
  readonly warnings: BuildWarning[]
}

const ownScript = 'extism-ws:build'

/**
 * Runs a bundle's top level in an engine that runs here.
 *
 * @param engine compiled. The host functions need not be linked into it: there is no host to call,
 *   and their slots are known.
 * @param globals bytecode of the globals that the bundle can reach, in order.
 * @throws {EwsError} `EWS_BUILD` when the code throws, at the author's file, line and column.
 */
export function load(
  engine: WebAssembly.Module,
  globals: readonly Uint8Array[],
  bundle: Bundle,
  slots: Readonly<Record<string, Slot>>,
  types: ReadonlyMap<string, ExportType>,
): Loaded {
  const instance = EngineInstance.open(engine)
  const parser = EngineInstance.open(engine)
  const stacks = new StackReader(bundle)
  const run = (script: string): string => instance.evaluate(parser.compile(script, ownScript))
  const answer = (script: string): Answer => {
    const { lines, ...rest } = JSON.parse(run(script)) as Answer
    return { ...rest, lines: lines.map(({ level, text }) => ({ level, text: stacks.text(text) })) }
  }

  for (const script of globals) instance.evaluate(script)
  const { memoryBytes, heapShare, stackBytes } = guestLimits
  // They hold for the top level too: without them, recursion would overflow Node's own stack.
  instance.limit({ stackBytes, memoryBytes: memoryBytes * heapShare })
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
    const { exports, lines, warnings } = answer(finish(slots, types))
    instance.reserveCells(Math.max(0, ...[...types.values()].map(({ params }) => params.length)) + 1)
    return { instance, exports, lines, warnings: buildWarnings(warnings, stacks) }
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
