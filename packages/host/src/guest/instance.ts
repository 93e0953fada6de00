/** How an entry ended, other than by a trap. */
export interface EntryEnd {
  /** Null for none. */
  readonly output: Uint8Array | null
  /** The Extism error, when there is one: JSON from an attached guest, any text from another. */
  readonly failure: string | undefined
  /** Id of the call that the entry left pending; 0 for none. */
  readonly pending: number
  /** Milliseconds until the guest wants to be dispatched; Infinity for never. */
  readonly deadline: number
}

/** What can be asked of a plugin besides being called. */
interface Descriptors {
  readonly exports: WebAssembly.ModuleExportDescriptor[]
  readonly imports: WebAssembly.ModuleImportDescriptor[]
}

/**
 * One instantiated guest, on this thread or on one of its own. Whoever calls makes sure that entries do
 * not overlap. A promise that rejects means that the instance is lost: it is not called again.
 */
export interface Instance extends Descriptors {
  /** Whether the guest has a loop that wants to be dispatched. */
  readonly hasLoop: boolean
  /** Whether the guest can be handed records. */
  readonly takesRecords: boolean
  /** Undefined where it is not on this thread. */
  readonly wasm: WebAssembly.Instance | undefined
  /** Called once, when the instance is lost while nobody is inside. */
  onLost: (why: unknown) => void
  /** @throws {EwsError} `EWS_TRAPPED` or `EWS_TIMEOUT`: the instance is lost. */
  call(name: string, input?: string | Uint8Array, hostContext?: unknown): Promise<EntryEnd>
  /**
   * Hands records over, and dispatches.
   *
   * @returns undefined, without a dispatch, when the guest has no memory for the records.
   * @throws {EwsError} as `call`.
   */
  dispatch(records: Uint8Array | undefined): Promise<EntryEnd | undefined>
  /**
   * Delivers events that wait, at once; undefined, also when some were delivered, where a dispatch is to follow.
   * Not where the plugin is on another thread, or may be suspended.
   *
   * @throws {EwsError} as `call`.
   */
  deliver?(): EntryEnd | undefined
  close(): Promise<void>
}
