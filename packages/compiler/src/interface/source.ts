import { EwsError } from '@extism-ws/protocol'

import { atPlace, type Place } from '../bundle/place.js'

/** A piece of syntax, as the parser describes where it is. */
export interface Span {
  readonly start?: number | null | undefined
  readonly end?: number | null | undefined
}

/** The text of an interface file, and where in it things are. */
export class Source {
  readonly file: string
  readonly text: string

  /** @param file absolute path. */
  constructor(file: string, text: string) {
    this.file = file
    // Editors on Windows begin a file with a mark that is no column to them.
    this.text = text.replace(/^\uFEFF/, '')
  }

  textOf({ start, end }: Span): string {
    return this.text.slice(start ?? 0, end ?? 0)
  }

  place({ start, end }: Span): Place {
    const from = start ?? 0
    const before = this.text.slice(0, from).split(/\r?\n/)
    const column = before.at(-1)?.length ?? 0
    const text = this.text.split(/\r?\n/)[before.length - 1] ?? ''
    const length = Math.max(1, Math.min((end ?? from) - from, text.length - column))
    return { file: this.file, line: before.length, column: column + 1, length, text }
  }

  /** An error that points at `span`. */
  error(span: Span, message: string, facts: { cause?: unknown } = {}): EwsError {
    return errorAt(this.place(span), message, facts)
  }
}

export function errorAt(place: Place, message: string, facts: { cause?: unknown } = {}): EwsError {
  return new EwsError('EWS_BUILD', atPlace(place, message), facts)
}
