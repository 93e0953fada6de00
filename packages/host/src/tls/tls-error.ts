import { EwsError } from '@extism-ws/protocol'

const certificateCode =
  /^(CERT_|ERR_TLS_CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH)/
const handshakeCode = /^(ERR_TLS_|ERR_SSL_|ERR_OSSL_)/
/** OpenSSL's own words in an error of a write, which has no other code than `EPROTO`. */
const opensslForm = /error:[\dA-F]+:SSL routines:[^:]*:([^:]+):/

const renew = 'whoever runs the server must renew it'
const clocks = 'check the clock of this machine, or have whoever runs the server replace it'
const name = 'connect by a name that the certificate has'
const trust =
  'if it should be trusted, the integrator adds its CA to `sockets.tls` (sockets) or to NODE_EXTRA_CA_CERTS (all)'
const old = 'the server must have TLS 1.2 or newer'
const plain = 'the server does not speak TLS on this port'
const identity =
  'the server may want a client certificate, or another one: see `sockets.tls.servers`'

/** What to do next, by the error's code. */
const advices: readonly (readonly [RegExp, string])[] = [
  [/CERT_HAS_EXPIRED/, renew],
  [/CERT_NOT_YET_VALID/, clocks],
  [/ALTNAME_INVALID|HOSTNAME_MISMATCH/, name],
  [/SELF_SIGNED|UNABLE_TO_|UNTRUSTED/, trust],
  [/PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|VERSION_TOO_LOW/, old],
  [/WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST/, plain],
  [/CERTIFICATE|UNKNOWN_CA|HANDSHAKE_FAILURE|ACCESS_DENIED|DECRYPT_ERROR/, identity],
]

/** The failure as `EWS_TLS`, or undefined when it has nothing to do with TLS. */
export function tlsError(
  error: Error & { code?: unknown; reason?: unknown },
  place: string,
): EwsError | undefined {
  const failure = failureOf(error)
  if (failure === undefined) return undefined
  const { what, code, why } = failure
  const advice = advices.find(([form]) => form.test(code))?.[1]
  const message = `${place}: ${what} (${code}): ${why}${advice === undefined ? '' : `; ${advice}`}`
  return new EwsError('EWS_TLS', message, { cause: error })
}

interface TlsFailure {
  readonly what: string
  readonly code: string
  readonly why: string
}

function failureOf({
  code,
  reason,
  message,
}: Error & { code?: unknown; reason?: unknown }): TlsFailure | undefined {
  if (typeof code !== 'string') return undefined
  if (certificateCode.test(code)) return { what: 'certificate not accepted', code, why: message }
  const what = 'the TLS handshake failed'
  // The whole message has files and lines of OpenSSL's source.
  const words = typeof reason === 'string' ? reason : opensslForm.exec(message)?.[1]
  if (handshakeCode.test(code)) return { what, code, why: words ?? message }
  if (code !== 'EPROTO' || words === undefined) return undefined
  // As Node names it where it is the error of a read.
  return { what, code: `ERR_SSL_${words.toUpperCase().replaceAll(' ', '_')}`, why: words }
}
