import { describe, expect, test } from 'vitest'
import {
  abiVersion,
  connectionExport,
  directFunctions,
  errorNumbers,
  errorTable,
  Feature,
  guestExports,
  isErrorCode,
  maxAttachmentBytes,
  maxNameLength,
  namespace,
  portableFunctions,
  Progress,
  RecordFlag,
  RecordType,
  recordHeaderBytes,
  restartExport,
  type ErrorCode,
  type Signature,
} from '../src/index.js'
import {
  longestMs,
  maxAutomaticLength,
  maxReplayLength,
  maxReplayMessages,
  maxStopCodes,
  shortestMs,
} from '../src/connection-options.js'
import { Page, table } from './generated-table.js'

// UPDATE_DOCS=1 npx vitest run test/docs.test.ts writes the tables anew.
const abi = new Page('abi.md')
const errors = new Page('errors.md')

const code = (text: string): string => `\`${text}\``

function signatures(functions: Record<string, Signature>): string {
  const rows = Object.entries(functions).map(([name, { params, result }]) => [
    code(name),
    params.map(([each, type]) => code(`${each}: ${type}`)).join(', ') || 'none',
    result === undefined ? 'none' : code(result),
  ])
  return table(['Name', 'Parameters', 'Result'], rows)
}

describe('docs/abi.md has the signatures of the code:', () => {
  test.each([
    ['portable-functions', portableFunctions],
    ['direct-functions', directFunctions],
    ['guest-exports', guestExports],
  ])('%s', (name, functions) => {
    const wanted = signatures(functions)
    expect(abi.generated(name, wanted)).toBe(wanted)
  })
})

describe('docs/abi.md', () => {
  test('names the version and the namespace', () => {
    expect(abi.text).toContain(`version ${abiVersion}`)
    expect(abi.text).toContain(code(namespace))
  })

  test.each(Object.entries(RecordType))('has a row for the record type %s', (name, number) => {
    expect(abi.text).toContain(`\n| ${number} | ${code(name)} |`)
  })

  test('names the flags of records and the bits of features by their value', () => {
    expect(abi.text).toContain(`flag ${RecordFlag.clean} (clean)`)
    expect(abi.text).toContain(`flag ${RecordFlag.output} (output)`)
    expect(abi.text).toContain(`flag ${RecordFlag.taken} (taken)`)
    for (const [name, bit] of Object.entries(Feature)) {
      expect(abi.text).toContain(`bit ${Math.log2(bit)} (${name})`)
    }
  })

  test.each(Object.entries(Progress))('has a row for the step %s of ws_progress', (name, step) => {
    expect(abi.text).toContain(`\n| ${step} | ${code(name)} |`)
  })

  test('states what may be saved with a socket', () => {
    expect(abi.text).toContain(`more than ${maxAttachmentBytes.toLocaleString('en')} bytes`)
    expect(abi.text).toContain(`1 to ${maxNameLength} UTF-16 units`)
  })

  test('states what may be wished of a connection', () => {
    const [replayed, units, length, shortest, longest] = [
      maxReplayMessages,
      maxReplayLength,
      maxAutomaticLength,
      shortestMs,
      longestMs,
    ].map((number) => number.toLocaleString('en'))
    expect(abi.text).toContain(`At most ${replayed}, of together ${units} UTF-16 units`)
    expect(abi.text).toContain(`1 to ${length} UTF-16 units`)
    expect(abi.text).toContain(`from ${shortest} to ${longest} milliseconds`)
    expect(abi.text).toContain(`at most ${maxStopCodes} |`)
  })

  test('has the names of the exports that the host calls besides', () => {
    expect(abi.text).toContain(`${code(restartExport)} (§11)`)
    expect(abi.text).toContain(`${code(connectionExport)} (§12)`)
  })

  test('states the size of a header', () => {
    expect(abi.text).toContain(`${recordHeaderBytes}-byte header`)
  })

  test.each(Object.keys(portableFunctions))('explains %s under a heading of its own', (name) => {
    expect(abi.text).toContain(`\n#### ${code(name)}`)
  })
})

test('docs/errors.md has the table of the code', () => {
  const rows = Object.entries(errorTable).map(([name, { meaning, remedy }]) => [
    code(name),
    String(errorNumbers[name as ErrorCode] || ''),
    meaning,
    remedy,
  ])
  const wanted = table(['Code', 'Number', 'Meaning', 'What to do'], rows)
  expect(errors.generated('errors', wanted)).toBe(wanted)
})

test.each([abi, errors])('a page names no error code that does not exist', ({ text }) => {
  for (const [found] of text.matchAll(/\bEWS_[A-Z_]+/g))
    expect(isErrorCode(found), found).toBe(true)
})
