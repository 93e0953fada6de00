import { compileFunction } from 'node:vm'
import { EvaluationError, InterruptedError } from '@extism-ws/engine'
import { EwsError, scriptName } from '@extism-ws/protocol'

import { atPlace, fromHere } from '../bundle/place.js'
import type { Bundle } from '../bundle/bundle.js'
import type { StackReader } from './stack.js'

const when = 'The top level of a plugin runs once, while the plugin is built.'
const tooMany = 'too many variables declared'
const splitUp =
  'all top-level names of a bundle are variables of one function; split the plugin in two, or put ' +
  'what is generated into objects'
const noPosition = 'It has no position because it is not an Error: throw `new Error(…)` instead.'

/** The author's code threw while it was loaded, or a promise of it was rejected. */
export function loadError(
  error: unknown,
  what: { bundle: Bundle; stacks: StackReader; unhandled: boolean; printed: readonly string[] },
): EwsError {
  const { bundle, stacks, unhandled, printed } = what
  if (error instanceof InterruptedError) return interrupted(error, bundle, stacks)
  if (!(error instanceof EvaluationError)) {
    const message = `${fromHere(bundle.entry)}: the engine stopped while it loaded the plugin: ${String(error)}`
    return new EwsError('EWS_BUILD', `${message}\n\n${when}`, { cause: error })
  }
  const { name, message, stack } = error.guest
  const { place, frames } = stacks.read(stack)
  const text = `${unhandled ? 'Unhandled rejection: ' : ''}${name}: ${message}`
  const parts = [
    place === undefined ? `${fromHere(bundle.entry)}: ${text}` : atPlace(place, text),
    // One frame is the place itself.
    ...(frames.length > 1 ? [frames.join('\n')] : []),
    stack === '' ? `${noPosition}\n${when}` : when,
    ...(printed.length > 0 ? [`Printed before that:\n${printed.join('\n')}`] : []),
  ]
  return new EwsError('EWS_BUILD', parts.join('\n\n'), { cause: error })
}

/** An endless loop, or work that belongs into an exported function. */
function interrupted(error: InterruptedError, bundle: Bundle, stacks: StackReader): EwsError {
  const { place, frames } = stacks.read(error.guestStack)
  const text =
    `the top level was still running after ${error.limitMs / 1000} seconds: ` +
    'is there a loop without an end? Long work belongs into an exported function'
  const parts = [
    place === undefined ? `${fromHere(bundle.entry)}: ${text}` : atPlace(place, text),
    ...(frames.length > 1 ? [frames.join('\n')] : []),
    when,
  ]
  return new EwsError('EWS_BUILD', parts.join('\n\n'), { cause: error })
}

/** The engine does not understand what esbuild let through: a malformed regular expression. */
export function parseError(error: unknown, bundle: Bundle, stacks: StackReader): EwsError {
  const said =
    error instanceof EvaluationError
      ? `${error.guest.name}: ${error.guest.message}`
      : `the engine could not parse the code: ${String(error)}`
  const text = said.includes(tooMany) ? `${said}: ${splitUp}` : said
  const [line, column] = syntaxErrorPosition(bundle.code) ?? []
  const place = line === undefined || column === undefined ? undefined : stacks.place(line, column)
  return new EwsError(
    'EWS_BUILD',
    place === undefined ? `${fromHere(bundle.entry)}: ${text}` : atPlace(place, text),
    { cause: error },
  )
}

/** Asks Node's parser, because QuickJS does not tell where in the code a regular expression is. */
function syntaxErrorPosition(code: string): [line: number, column: number] | undefined {
  try {
    compileFunction(code, [], { filename: scriptName })
    return undefined
  } catch (error) {
    const stack = error instanceof Error ? (error.stack ?? '') : ''
    const [, line, indent] = /^plugin\.js:(\d+)\n.*\n( *)\^/.exec(stack) ?? []
    return line === undefined || indent === undefined
      ? undefined
      : [Number(line), indent.length + 1]
  }
}
