import { SourceMap, type SourceMapPayload } from 'node:module'
import { resolve } from 'node:path'
import { findInMap } from '@extism-ws/protocol'

import type { Place } from './place.js'

/** Finds the author's place for a position in the bundle; both count from 1. */
export type FindPlace = (line: number, column: number) => Place | undefined

/** @param folder absolute; what the map's sources are relative to. */
export function readSourceMap(map: string, folder: string): FindPlace {
  const payload = JSON.parse(map) as SourceMapPayload
  const sourceMap = new SourceMap(payload)
  const find = findInMap((line, column) => sourceMap.findEntry(line, column))
  return (line, column) => {
    const found = find(line, column)
    if (found === undefined) return undefined
    const contents = payload.sourcesContent[payload.sources.indexOf(found.source)]
    return {
      file: resolve(folder, found.source),
      line: found.line,
      column: found.column,
      length: 1,
      text: contents?.split(/\r?\n/)[found.line - 1],
    }
  }
}
