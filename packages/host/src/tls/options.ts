/** Text or bytes of a PEM file; not its path. */
export type Pem = string | Uint8Array

/** Whom a plugin's sockets trust, and as whom they come. */
export interface TlsOptions {
  /**
   * The CAs that are trusted, instead of those of Node; as in Node, which has them in
   * `rootCertificates` of `node:tls`: `[...rootCertificates, ours]` trusts both. Default: Node's.
   */
  readonly ca?: Pem | readonly Pem[]
  /**
   * What is different for some servers, by host: `feed.example`, `*.example.com` (one label), an address,
   * `localhost`; with `:port` for that port only. Of several that fit, the one that says most holds, and it alone.
   */
  readonly servers?: Readonly<Record<string, TlsServerOptions>>
}

/** The same for some servers. */
export interface TlsServerOptions {
  /** The CAs that are trusted here, instead of the others. Default: those of {@link TlsOptions}. */
  readonly ca?: Pem | readonly Pem[]
  /** The client certificate, with its chain. Default: none. */
  readonly cert?: Pem
  /** Its private key. */
  readonly key?: Pem
  /** The same two as a PKCS #12 archive, in their place. */
  readonly pfx?: Uint8Array
  /** For an encrypted `key` or `pfx`. */
  readonly passphrase?: string
  /**
   * The name that the server is asked for (SNI, RFC 6066 §3), and that its certificate must have.
   * Default: the URL's host.
   */
  readonly servername?: string
  /**
   * Pins, of which the server's own certificate must have one, besides being trusted: SHA-256 of the certificate in
   * hex, with or without colons, or of its public key as `sha256/` and base64. Several are for renewals.
   * Default: none.
   */
  readonly fingerprints?: string | readonly string[]
  /**
   * `false`: whoever answers is believed. For a host that is named without `*`, and each plugin logs a warning.
   * Default: true.
   */
  readonly verify?: boolean
}
