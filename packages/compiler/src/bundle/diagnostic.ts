import { SourceMap, type SourceMapPayload } from 'node:module'
import { EvaluationError } from '@extism-ws/engine'
import { EwsError, findInMap, firstPosition, mapStack } from '@extism-ws/protocol'
import { formatMessagesSync, type BuildFailure } from 'esbuild'

/** What esbuild rejected, as one error with the place in the author's file. */
export function syntaxError(failure: BuildFailure): EwsError {
  if (!Array.isArray(failure.errors)) {
    return new EwsError('EWS_BUILD', String(failure), { cause: failure })
  }
  const places = failure.errors.map(({ text, location }) =>
    location === null ? text : `${location.file}:${location.line}:${location.column + 1}: ${text}`,
  )
  const excerpts = formatMessagesSync(failure.errors, { kind: 'error', color: false })
  const hint = builtinHint(failure)
  return new EwsError('EWS_BUILD', `${places.join('\n')}\n\n${excerpts.join('').trimEnd()}${hint}`)
}

/** What the author's code threw while it was loaded, at its place in the author's file. */
export function loadError(error: unknown, map: string): EwsError {
  if (!(error instanceof EvaluationError)) {
    return new EwsError('EWS_BUILD', String(error), { cause: error })
  }
  const { name, message, stack } = error.guest
  const sourceMap = new SourceMap(JSON.parse(map) as SourceMapPayload)
  const find = findInMap((line, column) => sourceMap.findEntry(line, column))
  const mapped = mapStack(stack, find)
  const place = firstPosition(mapped)
  const where = place === '' ? '' : `${place}: `
  return new EwsError(
    'EWS_BUILD',
    `${where}${name}: ${message}\n${mapped}\nThis was thrown while the plugin was loaded: ` +
      'the top level of a plugin runs once, when it is built.',
    { cause: error },
  )
}

function builtinHint(failure: BuildFailure): string {
  const builtin = failure.errors.find(({ text }) =>
    /Could not resolve "(node:|fs|net|http)/.test(text),
  )
  if (builtin === undefined) return ''
  return '\nA plugin runs in a Wasm sandbox: Node built-ins do not exist there.'
}
