/** One number of a run. */
export interface Metric {
  readonly name: string
  readonly unit: string
  readonly better: 'more' | 'less'
  /** Whether no ratio is formed of it: it would say what another one says, or divide by nothing. */
  readonly absolute?: boolean
}

/** What one run answers: a number for each metric of the row, in its order. */
export type Measured = readonly number[]

/** One way of doing what the row is about; the first side of a row is its baseline. */
export interface Side {
  readonly name: string
  run(): Promise<Measured>
}

/** Sides that are ready to run. */
export interface OpenRow extends AsyncDisposable {
  readonly sides: readonly Side[]
}

/** A workload that is measured on several sides. */
export interface Row {
  readonly name: string
  readonly metrics: readonly Metric[]
  /** Share of the rounds that this row gets: builds are slow, and vary little. Default: 1. */
  readonly share?: number
  /**
   * What is measured does not vary, as sizes do not: each side runs once, and gets no ratio to the
   * first. Default: false.
   */
  readonly exact?: boolean
  /** Runs of each side before the first that counts. */
  readonly warmUps: number
  open(setting: Setting): Promise<OpenRow>
}

/** What rows need to know of the run they are in. */
export interface Setting {
  /** Where the server listens, as `ws://host:port`. */
  readonly origin: string
  /** Share of the messages of a full run, up to 1. */
  readonly effort: number
  /** The module of plugins/client.ts, warm. */
  client(): Promise<Uint8Array>
}

/** As many messages as the effort asks for. */
export function scaled(messages: number, effort: number): number {
  return Math.max(1, Math.round(messages * effort))
}
