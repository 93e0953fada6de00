import type { Kind } from '../frames.js'

/** Messages to send. */
export interface Outgoing {
  readonly count: number
  readonly size: number
  readonly kind: Kind
}

/** Times that a side was not at work, nor waiting for the server. */
export interface Stalled {
  readonly count: number
  readonly milliseconds: number
}

/** A WebSocket client that can be measured: every side does the same through another API. */
export interface Client extends AsyncDisposable {
  /** Asks for the flood and reads `count` messages; answers the sum of what `look` saw. */
  flood(count: number): Promise<number>
  /** Asks for the echo and sends all `count` binary messages back; answers the text that ends it. */
  echo(count: number): Promise<string>
  /** Sends messages as fast as they are taken; answers the bytes that the server has read. */
  send(outgoing: Outgoing): Promise<number>
  /** What is no part of the rates, since the last time; for a side that can stall. */
  takeStalls?(): Stalled
}

/** One that does nothing but echo. */
export type Echoing = Pick<Client, 'echo'> & AsyncDisposable

/** Opens a connection for one row. */
export interface ClientSide<Opened extends AsyncDisposable = Client> {
  readonly name: string
  /** Share of the row's messages, for a side that would take very long. Default: 1. */
  readonly share?: number
  open(url: string): Promise<Opened>
}
