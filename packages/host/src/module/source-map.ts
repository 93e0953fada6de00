import { readFile } from 'node:fs/promises'
import { SourceMap, type SourceMapPayload } from 'node:module'
import { findInMap, type FindSource } from '@extism-ws/protocol'

/** Reads the map that lies beside a plugin; undefined when there is none. */
export async function readSourceMap(file: string | undefined): Promise<FindSource | undefined> {
  if (file === undefined) return undefined
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  // Parsing waits for the first error: most plugins never have one.
  let sourceMap: SourceMap | undefined
  return findInMap((line, column) => {
    try {
      sourceMap ??= new SourceMap(JSON.parse(text) as SourceMapPayload)
      return sourceMap.findEntry(line, column)
    } catch {
      // A broken map must not hide the author's error.
      return {}
    }
  })
}
