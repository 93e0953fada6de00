/**
 * What is counted of the connections of one session to one URL. Plain fields, since the hot path writes
 * them: nothing is computed before somebody asks.
 */
export class ConnectionStats {
  /** Scheme, host, port and path; `other` for those beyond the bound. */
  readonly url: string
  /** Connections that are open now. */
  open = 0
  /** Connections that were opened, reconnects included. */
  opened = 0
  /** Attempts that did not come to an open connection. */
  failed = 0
  /** Connections that ended after they were open. */
  closed = 0
  messagesReceived = 0
  messagesSent = 0
  /** Bytes of messages, without framing. */
  bytesReceived = 0
  bytesSent = 0
  /** Pings and keep-alive requests that the host sent. */
  pingsSent = 0
  /** Answers to them. */
  pongsReceived = 0
  /** Connections that were given up since no answer came. */
  dead = 0
  /** Connections that took the place of one that was lost. */
  reconnects = 0
  /** Messages of the plugin that were refused or lost while there was no connection. */
  drops = 0

  constructor(url: string) {
    this.url = url
  }
}
