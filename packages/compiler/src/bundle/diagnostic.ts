import { isBuiltin } from 'node:module'
import { resolve } from 'node:path'
import { EwsError } from '@extism-ws/protocol'
import type { BuildFailure, Location, Message } from 'esbuild'

import { atPlace, type Place } from './place.js'

/** A library that was written for Node fails in a hundred places; these tell as much. */
const mostErrors = 10

/**
 * What esbuild rejected, as one error with the places in the author's files.
 *
 * @param folder absolute; what esbuild's paths are relative to.
 */
export function bundleError(failure: unknown, folder: string): EwsError {
  const { errors } = failure as Partial<BuildFailure>
  if (!Array.isArray(errors)) {
    return new EwsError('EWS_BUILD', `esbuild failed: ${String(failure)}`, { cause: failure })
  }
  const shown = errors.slice(0, mostErrors).map((message) => describe(message, folder))
  const more = errors.length - shown.length
  if (more > 0) shown.push(`and ${more} more ${more === 1 ? 'error' : 'errors'}`)
  return new EwsError('EWS_BUILD', shown.join('\n\n'), { cause: failure })
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

function inOurWords({ text, notes }: Message): string {
  if (text.startsWith('Top-level await')) {
    return 'top-level await is not supported: await inside an exported async function'
  }
  const [, wanted] = /^Could not resolve "(.+)"$/.exec(text) ?? []
  if (wanted !== undefined && isBuiltin(wanted)) {
    return `${text}: it is a part of Node, and a plugin runs in a Wasm sandbox without Node`
  }
  const explained = notes.some(({ location }) => location !== null)
  if (wanted !== undefined && /^[@\w]/.test(wanted) && !explained) {
    const name = wanted.split('/', wanted.startsWith('@') ? 2 : 1).join('/')
    return `${text}: is the package installed? (npm install ${name})`
  }
  return text.replace('with the "iife" output format', 'in a plugin')
}
