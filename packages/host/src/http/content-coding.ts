import type { Transform } from 'node:stream'
import { constants, createBrotliDecompress, createUnzip } from 'node:zlib'

/** What this host offers to servers. Not deflate, which servers disagree about (RFC 9110 §8.4.1.2). */
export const acceptedCodings = 'gzip, br'

/** More codings on top of each other than any server needs would multiply what a bomb costs. */
const mostCodings = 3

// As Node's own fetch: some servers leave the end of a compressed body out, and clients accept it.
const unzip = (): Transform => createUnzip({ finishFlush: constants.Z_SYNC_FLUSH })
const brotli = (): Transform =>
  createBrotliDecompress({ finishFlush: constants.BROTLI_OPERATION_FLUSH })

const decoders = new Map([
  ['gzip', unzip],
  ['x-gzip', unzip],
  ['deflate', unzip],
  ['br', brotli],
])

/**
 * The streams that undo a `Content-Encoding`, in the order in which a body goes through them. None
 * when there is nothing to undo, or a coding among them that this host does not know: then the body
 * stays as it is.
 */
export function decodersFor(contentEncoding: string | undefined): Transform[] {
  const codings = (contentEncoding ?? '')
    .toLowerCase()
    .split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '' && coding !== 'identity')
  if (codings.length > mostCodings || !codings.every((coding) => decoders.has(coding))) return []
  return codings.toReversed().flatMap((coding) => decoders.get(coding)?.() ?? [])
}
