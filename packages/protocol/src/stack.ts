/** The name under which a plugin's bundle is loaded: what stacks inside the guest refer to. */
export const scriptName = 'plugin.js'

/** A position in an author's source file; line and column count from 1. */
export interface SourcePosition {
  readonly source: string
  readonly line: number
  readonly column: number
}

/** Finds the author's position for one in the bundle; both count from 1. */
export type FindSource = (line: number, column: number) => SourcePosition | undefined

/** An entry of a source map, as Node's `SourceMap.findEntry` has it: lines and columns from 0. */
export interface SourceMapEntry {
  readonly originalSource: string
  readonly originalLine: number
  readonly originalColumn: number
}

/** A `FindSource` over a source map's own look-up, which counts from 0. */
export function findInMap(
  findEntry: (line: number, column: number) => SourceMapEntry | object,
): FindSource {
  return (line, column) => {
    const entry: Partial<SourceMapEntry> = findEntry(line - 1, column - 1)
    const { originalSource, originalLine, originalColumn } = entry
    // Code that the bundler added has an entry without a source.
    if (
      originalSource === undefined ||
      originalLine === undefined ||
      originalColumn === undefined
    ) {
      return undefined
    }
    return { source: originalSource, line: originalLine + 1, column: originalColumn + 1 }
  }
}

// A plugin that the host does not trust wrote the stack: none of these patterns may backtrack more
// than once over the same characters.
const bundlePosition = /\bplugin\.js:(\d+):(\d+)/g
const preludeFrame = /^\s+at .*(?:\bextism-ws:prelude\b|\(native\)|\(<null>:)/

/**
 * A guest's stack as its author knows it: positions in the bundle are replaced, frames of the
 * engine's own scripts, which have no positions, are left out.
 */
export function mapStack(stack: string, find: FindSource): string {
  return stack
    .split('\n')
    .filter((frame) => frame.trim() !== '' && !preludeFrame.test(frame))
    .map((frame) =>
      frame.replaceAll(bundlePosition, (position, line: string, column: string) => {
        const found = find(Number(line), Number(column))
        return found === undefined ? position : `${found.source}:${found.line}:${found.column}`
      }),
    )
    .join('\n')
}
