import { jsonRecord, parseJson, textOf } from './json-payload.js'
import { RecordType, type RawRecord } from './record.js'

/** A connection that somebody opened to the host, as `onConnection` gets it. It is open already. */
export interface AcceptedSocket {
  readonly socket: number
  /** Empty when the host gave it none. */
  readonly name: string
  /** As the client wrote it: scheme, `Host` header, path and query. */
  readonly url: string
  readonly protocol: string
  readonly extensions: string
  /** Of the opening handshake, names in lower case; those that the host passes on. */
  readonly headers: Readonly<Record<string, string>>
  /** The client's address; empty when it is not known. */
  readonly remoteAddress: string
}

export function acceptedRecord({ socket, ...about }: AcceptedSocket): RawRecord {
  return jsonRecord(RecordType.accepted, socket, about)
}

/** Fields that are missing or wrong are empty, as in other records of the host. */
export function readAccepted({ id, payload }: RawRecord): AcceptedSocket {
  const { name, url, protocol, extensions, headers, remoteAddress } = parseJson(payload)
  return {
    socket: id,
    name: textOf(name),
    url: textOf(url),
    protocol: textOf(protocol),
    extensions: textOf(extensions),
    headers: textsOf(headers),
    remoteAddress: textOf(remoteAddress),
  }
}

function textsOf(value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {}
  return Object.fromEntries(Object.entries(value).filter(([, text]) => typeof text === 'string'))
}
