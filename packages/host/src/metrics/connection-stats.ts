import type { UrlMetrics } from './plugin-metrics.js'

/**
 * What is counted of one socket, or of several to one URL together. Plain fields, since the hot path
 * writes them: nothing is computed before somebody asks.
 *
 * The socket counts messages, bytes, pings, pongs, `dead` and `drops`; `SessionStats` the rest, from what
 * it is told of the socket's life.
 */
export class ConnectionStats implements UrlMetrics {
  readonly url: string
  open = 0
  opened = 0
  failed = 0
  closed = 0
  messagesReceived = 0
  messagesSent = 0
  bytesReceived = 0
  bytesSent = 0
  pingsSent = 0
  pongsReceived = 0
  dead = 0
  reconnects = 0
  drops = 0

  constructor(url: string) {
    this.url = url
  }

  add(other: UrlMetrics): this {
    this.open += other.open
    this.opened += other.opened
    this.failed += other.failed
    this.closed += other.closed
    this.messagesReceived += other.messagesReceived
    this.messagesSent += other.messagesSent
    this.bytesReceived += other.bytesReceived
    this.bytesSent += other.bytesSent
    this.pingsSent += other.pingsSent
    this.pongsReceived += other.pongsReceived
    this.dead += other.dead
    this.reconnects += other.reconnects
    this.drops += other.drops
    return this
  }
}
