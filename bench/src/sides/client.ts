/** A WebSocket client that can be measured: every side does the same through another API. */
export interface Client extends AsyncDisposable {
  /** Asks for the flood and reads `count` messages; answers the sum of what `look` saw. */
  flood(count: number): Promise<number>
  /** Asks for the echo and sends every binary message back; answers the text that ends it. */
  echo(): Promise<string>
  /** Sends binary messages as fast as they are taken; answers the bytes that the server has read. */
  send(count: number, size: number): Promise<number>
}

/** Opens a connection for one row. */
export interface ClientSide {
  readonly name: string
  open(url: string): Promise<Client>
}
