import { relative } from 'node:path'

/** The most of a line that an excerpt shows: a minified library is one line of 100 KB. */
const widest = 100
const before = 60

/** Something to point at in a source file; line and column count from 1, in UTF-16 units. */
export interface Place {
  /** Absolute path. */
  readonly file: string
  readonly line: number
  readonly column: number
  /** How much is underlined. */
  readonly length: number
  /** The line itself; undefined when it is not known. */
  readonly text: string | undefined
}

/** A path as a person in this folder would type it. */
export function fromHere(path: string): string {
  return relative('', path)
}

/** A message with its place in front, and the line of source below it. */
export function atPlace(place: Place, message: string): string {
  const head = `${fromHere(place.file)}:${place.line}:${place.column}: ${message}`
  return place.text === undefined ? head : `${head}\n\n${excerpt(place.text, place)}`
}

function excerpt(text: string, { line, column, length }: Place): string {
  const start = text.length > widest ? Math.max(0, column - 1 - before) : 0
  const end = Math.min(text.length, start + widest)
  const left = start > 0 ? '…' : ''
  const right = end < text.length ? '…' : ''
  // A tab is one column, so it is shown as wide as one.
  const shown = left + text.slice(start, end).replaceAll('\t', ' ') + right
  const indent = ' '.repeat(left.length + column - 1 - start)
  const underlined = Math.max(1, Math.min(length, end - column + 1))
  const mark = underlined === 1 ? '^' : '~'.repeat(underlined)
  const number = `    ${line} `
  return `${number}│ ${shown}\n${' '.repeat(number.length)}╵ ${indent}${mark}`
}
