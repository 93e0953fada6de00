import { EngineInstance, EvaluationError } from '@extism-ws/engine'
import { guestLimits, scriptName } from '@extism-ws/protocol'

import type { Bundle } from '../bundle/bundle.js'
import type { ExportType } from '../link/export-body.js'
import { buildWarnings, type BuildWarning } from './build-warning.js'
import { loadError, parseError } from './load-error.js'
import { finish, giveUp, prepare, throwUnhandled, type LinkedFunctions } from './script.js'
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
  /** All functions that the entry exports; `exports` has those that the plugin does. */
  readonly exported: readonly string[]
  readonly lines: readonly BuildLine[]
  /** What the top level read that is now the same in every instance. */
  readonly warnings: readonly string[]
}

/** What an engine answers when the author's code has been loaded. */
interface Answer {
  readonly exports: readonly string[]
  readonly exported: readonly string[]
  readonly lines: readonly BuildLine[]
  readonly warnings: readonly BuildWarning[]
}

const ownScript = 'extism-ws:build'
const usualStackBytes = guestLimits.stackBytes
/** With 8 bytes for each variable of the most that a function of QuickJS may have. */
const mostStackBytes = usualStackBytes + 65_536 * 8
const overflow = 'Maximum call stack size exceeded'

/**
 * Runs a bundle's top level in an engine that runs here.
 *
 * @param engine compiled. The host functions need not be linked into it: there is no host to call,
 *   and their slots are known.
 * @param natives slots of those that this plugin has and not every one.
 * @param globals bytecode of the globals that the bundle can reach, in order.
 * @param types Wasm types of the functions to export; undefined for all that the entry exports.
 * @param timeLimitMs what the top level may take; an endless loop would take for ever.
 * @throws {EwsError} `EWS_BUILD` when the code throws, at the author's file, line and column.
 */
export function load(
  engine: WebAssembly.Module,
  natives: ReadonlyMap<string, number>,
  globals: readonly Uint8Array[],
  bundle: Bundle,
  linked: LinkedFunctions,
  types: ReadonlyMap<string, ExportType> | undefined,
  timeLimitMs: number,
): Loaded {
  const parser = EngineInstance.open(engine)
  const stacks = new StackReader(bundle)
  let bytecode: Uint8Array
  try {
    bytecode = parser.compile(bundle.code, scriptName)
  } catch (error) {
    throw parseError(error, bundle, stacks)
  }
  const parts = {
    engine,
    natives,
    globals,
    parser,
    stacks,
    bundle,
    bytecode,
    linked,
    types,
    timeLimitMs,
  }
  return evaluate(parts, usualStackBytes)
}

interface Parts {
  readonly engine: WebAssembly.Module
  readonly natives: ReadonlyMap<string, number>
  readonly globals: readonly Uint8Array[]
  readonly parser: EngineInstance
  readonly stacks: StackReader
  readonly bundle: Bundle
  readonly bytecode: Uint8Array
  readonly linked: LinkedFunctions
  readonly types: ReadonlyMap<string, ExportType> | undefined
  readonly timeLimitMs: number
}

function evaluate(parts: Parts, stackBytes: number): Loaded {
  const { engine, natives, globals, parser, stacks, bundle, bytecode, linked, types, timeLimitMs } =
    parts
  const instance = EngineInstance.open(engine)
  instance.define(natives)
  const run = (script: string): string => instance.evaluate(parser.compile(script, ownScript))
  const answer = (script: string): Answer => {
    const { lines, ...rest } = JSON.parse(run(script)) as Answer
    return { ...rest, lines: lines.map(({ level, text }) => ({ level, text: stacks.text(text) })) }
  }
  for (const script of globals) instance.evaluate(script)
  const memoryBytes = guestLimits.memoryBytes * guestLimits.heapShare
  // The limits hold for the top level too: without them, recursion would overflow Node's own stack.
  instance.bound({ stackBytes, memoryBytes })
  run(prepare(linked))
  let unhandled = false
  try {
    instance.limit(timeLimitMs)
    instance.evaluate(bytecode)
    unhandled = true
    run(throwUnhandled)
    unhandled = false
    const { exports, exported, lines, warnings } = answer(finish(linked, types))
    instance.limit(0)
    instance.reserveCells(mostCells(types))
    instance.bound({ stackBytes: usualStackBytes, memoryBytes })
    return { instance, exports, exported, lines, warnings: buildWarnings(warnings, stacks) }
  } catch (error) {
    if (stackBytes < mostStackBytes && isTooWide(error)) return evaluate(parts, mostStackBytes)
    instance.limit(0)
    let printed: string[] = []
    try {
      printed = answer(giveUp).lines.map(({ text }) => text)
    } catch {
      // The engine is beyond answering; what stopped it is what counts.
    }
    throw loadError(error, { bundle, stacks, unhandled, printed })
  }
}

/** Exports with parameters or a result of their own need at least one. */
function mostCells(types: ReadonlyMap<string, ExportType> | undefined): number {
  return Math.max(1, ...[...(types?.values() ?? [])].map(({ params }) => params.length))
}

/**
 * Whether the bundle itself, which is one function, found no room on the stack for its variables:
 * nothing had been called yet.
 */
function isTooWide(error: unknown): boolean {
  if (!(error instanceof EvaluationError)) return false
  const { name, message, stack } = error.guest
  const frames = stack.split('\n').filter((frame) => frame.trim() !== '')
  return name === 'RangeError' && message === overflow && frames.length <= 1
}
