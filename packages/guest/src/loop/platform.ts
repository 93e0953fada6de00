/** What the loop needs from the engine it runs on: natives of our engine, or a fake in tests. */
export interface Platform {
  /** Monotonic milliseconds. */
  now(): number
  /** Runs promise jobs until none is left. */
  runJobs(): number
  /**
   * True where `runJobs` cannot, because promise jobs run when an entry has returned and no sooner. An
   * entry cannot wait for a promise there.
   */
  readonly jobsAfterEntry?: boolean
  /** Whether the running entry has used up its time. */
  timedOut(): boolean
  /** The loop wants to run at this time (monotonic milliseconds), if it does not sooner; where it is asked for. */
  wake?(at: number): void
  /** It has done what there was, and wants to run at this time, neither sooner nor later. */
  rest?(until: number): void
  /** Whether a promise job was cut off by the time limit since this was last asked. */
  takeLostJob(): boolean
  /** The host's features when it has attached itself; null in a plain Extism host. */
  features(): number | null
  /** Waits without running anything; only an unattached guest may. */
  sleep(milliseconds: number): void
  /** Wasm arguments of the entry that is running, see `ExportSignature`. */
  arguments(params: string): (number | bigint)[]
  /** Wasm result of the entry that is running. */
  result(type: string, value: number | bigint): void
  /** Records that the host put into the guest's memory for this dispatch; null for none. */
  pushed(): Uint8Array | null
  /** Input of the entry that is running. */
  input(): Uint8Array
  /** Output of the entry that is running. */
  output(data: string | Uint8Array): void
  /** Error of the entry that is running. */
  fail(text: string): void
  /** UTF-8. */
  encode(text: string): Uint8Array
  /** Writes to the host's log: 1 debug, 2 info, 3 warn, 4 error. */
  log(level: number, text: string): void
}

/** Where events come from besides timers: the guest's bridge to the host's sockets. */
export interface EventSource {
  /** Delivers what waits, promise jobs after each event; blocks up to the timeout where the host can. */
  poll(timeoutMs: number): void
  /** Whether anything may still arrive. */
  expecting(): boolean
  /** Whether events were fetched that are not delivered yet. */
  undelivered(): boolean
}
