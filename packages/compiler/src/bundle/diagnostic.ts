import { resolve } from 'node:path'
import { EwsError } from '@extism-ws/protocol'
import type { BuildFailure, Location, Message } from 'esbuild'

import { unresolved } from './import-chain.js'
import { insteadOf } from './node-builtin.js'
import { atPlace, type Place } from './place.js'
import { aboutUnbundled } from './unbundled.js'

/** A library that was written for Node fails in a hundred places; these tell as much. */
const mostErrors = 10

/**
 * What esbuild rejected, as one error with the places in the author's files.
 *
 * @param folder absolute; what esbuild's paths are relative to.
 * @param chains by which files one that imports a part of Node was reached.
 */
export function bundleError(
  failure: unknown,
  folder: string,
  chains: ReadonlyMap<string, readonly string[]>,
): EwsError {
  const { errors } = failure as Partial<BuildFailure>
  if (!Array.isArray(errors)) {
    return new EwsError('EWS_BUILD', `esbuild failed: ${String(failure)}`, { cause: failure })
  }
  const shown = errors
    .slice(0, mostErrors)
    .map((message) => [describe(message, folder), ...way(message, folder, chains)].join('\n\n'))
  const more = errors.length - shown.length
  if (more > 0) shown.push(`and ${more} more ${more === 1 ? 'error' : 'errors'}`)
  return new EwsError('EWS_BUILD', shown.join('\n\n'), { cause: failure })
}

/** How the bundler got to a file that asks for a part of Node, if not from the entry itself. */
function way(
  message: Message,
  folder: string,
  chains: ReadonlyMap<string, readonly string[]>,
): string[] {
  const { location } = message
  const name = unresolved(message)
  const chain = location === null ? undefined : chains.get(resolve(folder, location.file))
  if (name === undefined || insteadOf(name) === undefined) return []
  if (chain === undefined || chain.length < 2) return []
  return [`It is imported by way of ${[...chain, `"${name}"`].join(' → ')}`]
}

/** One message of esbuild, with its place, an excerpt and what it refers to. */
export function describe(message: Message, folder: string): string {
  // Notes without a place are advice about esbuild's own options, which authors cannot set.
  const related = message.notes.flatMap(({ text, location }) =>
    location === null ? [] : [atPlace(placeOf(location, folder), text)],
  )
  const { location } = message
  const text = inOurWords(message)
  return [location === null ? text : atPlace(placeOf(location, folder), text), ...related].join(
    '\n\n',
  )
}

function placeOf(location: Location, folder: string): Place {
  const { file, line, lineText } = location
  // esbuild counts bytes of UTF-8.
  const bytes = Buffer.from(lineText)
  const units = (end: number): number => bytes.subarray(0, end).toString().length
  const start = units(location.column)
  return {
    file: resolve(folder, file),
    line,
    column: start + 1,
    length: units(location.column + location.length) - start,
    text: lineText,
  }
}

function inOurWords(message: Message): string {
  const { text, notes } = message
  const own = aboutUnbundled(message)
  if (own !== undefined) return own
  if (text.startsWith('Top-level await')) {
    return 'top-level await is not supported: await inside an exported async function'
  }
  const wanted = unresolved(message)
  const advice = wanted === undefined ? undefined : insteadOf(wanted)
  if (advice !== undefined) {
    return `${text}: it is a part of Node, and a plugin runs in a Wasm sandbox without Node: ${advice}`
  }
  const explained = notes.some(({ location }) => location !== null)
  if (wanted !== undefined && /^[@\w]/.test(wanted) && !explained) {
    const name = wanted.split('/', wanted.startsWith('@') ? 2 : 1).join('/')
    return `${text}: is the package installed? (npm install ${name})`
  }
  return text.replace('with the "iife" output format', 'in a plugin')
}
