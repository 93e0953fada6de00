/** Version of the contract (docs/abi.md). `__ews_attach` answers it. */
export const abiVersion = 1

/** The namespace of the host functions, Extism's own for user functions. */
export const namespace = 'extism:host/user'

/** Wasm value types that host functions and exports use. */
export type ValueType = 'i32' | 'i64' | 'f32' | 'f64'

/** The signature of a host function or an export, with the names of its parameters. */
export interface Signature {
  readonly params: readonly (readonly [name: string, type: ValueType])[]
  readonly result: ValueType | undefined
}

/**
 * Portable layer: data crosses in Extism memory blocks (`i64` offsets), so that a plugin in any
 * language, made with any PDK, can call it. At most 5 arguments; `i32` results, because the
 * official js-pdk reads a negative `i64` as an unsigned float.
 */
export const portableFunctions = {
  ws_connect: sign([['request', 'i64']], 'i32'),
  ws_send: sign(
    [
      ['socket', 'i32'],
      ['kind', 'i32'],
      ['data', 'i64'],
      ['length', 'i32'],
    ],
    'i32',
  ),
  ws_send_many: sign(
    [
      ['block', 'i64'],
      ['length', 'i32'],
    ],
    'i32',
  ),
  /**
   * How many bytes of messages the socket takes for certain, until the entry is over or a host function waits, with
   * `frameHeaderBytes` counted for each message; 0 or less where the host must be asked for each.
   */
  ws_room: sign([['socket', 'i32']], 'i32'),
  ws_receive: sign(
    [
      ['socket', 'i32'],
      ['timeout_ms', 'i32'],
      ['block', 'i64'],
      ['capacity', 'i32'],
    ],
    'i32',
  ),
  ws_poll: sign(
    [
      ['timeout_ms', 'i32'],
      ['block', 'i64'],
      ['capacity', 'i32'],
    ],
    'i32',
  ),
  ws_close: sign(
    [
      ['socket', 'i32'],
      ['code', 'i32'],
      ['reason', 'i64'],
    ],
    'i32',
  ),
  ws_pause: sign(
    [
      ['socket', 'i32'],
      ['paused', 'i32'],
    ],
    'i32',
  ),
  ws_save: sign(
    [
      ['socket', 'i32'],
      ['data', 'i64'],
      ['length', 'i32'],
    ],
    'i32',
  ),
  ws_progress: sign(
    [
      ['socket', 'i32'],
      ['step', 'i32'],
    ],
    'i32',
  ),
  ws_info: sign([['socket', 'i32']], 'i64'),
  ws_error: sign([], 'i64'),
} as const satisfies Record<string, Signature>

/**
 * Direct layer: the same operations with a pointer and a length into the guest's own linear
 * memory. Offered where the host holds the instance.
 */
export const directFunctions = {
  ws_direct_connect: sign(
    [
      ['request', 'i32'],
      ['length', 'i32'],
    ],
    'i32',
  ),
  ws_direct_send: sign(
    [
      ['socket', 'i32'],
      ['kind', 'i32'],
      ['data', 'i32'],
      ['length', 'i32'],
    ],
    'i32',
  ),
  ws_direct_send_many: sign(
    [
      ['block', 'i32'],
      ['length', 'i32'],
    ],
    'i32',
  ),
  ws_direct_room: sign([['socket', 'i32']], 'i32'),
  ws_direct_receive: sign(
    [
      ['socket', 'i32'],
      ['timeout_ms', 'i32'],
      ['block', 'i32'],
      ['capacity', 'i32'],
    ],
    'i32',
  ),
  ws_direct_poll: sign(
    [
      ['timeout_ms', 'i32'],
      ['block', 'i32'],
      ['capacity', 'i32'],
    ],
    'i32',
  ),
  ws_direct_close: sign(
    [
      ['socket', 'i32'],
      ['code', 'i32'],
      ['reason', 'i32'],
      ['length', 'i32'],
    ],
    'i32',
  ),
  ws_direct_pause: sign(
    [
      ['socket', 'i32'],
      ['paused', 'i32'],
    ],
    'i32',
  ),
  ws_direct_save: sign(
    [
      ['socket', 'i32'],
      ['data', 'i32'],
      ['length', 'i32'],
    ],
    'i32',
  ),
  ws_direct_progress: sign(
    [
      ['socket', 'i32'],
      ['step', 'i32'],
    ],
    'i32',
  ),
  ws_direct_info: sign(
    [
      ['socket', 'i32'],
      ['block', 'i32'],
      ['capacity', 'i32'],
    ],
    'i32',
  ),
  ws_direct_error: sign(
    [
      ['block', 'i32'],
      ['capacity', 'i32'],
    ],
    'i32',
  ),
} as const satisfies Record<string, Signature>

export type PortableFunction = keyof typeof portableFunctions
export type DirectFunction = keyof typeof directFunctions

/** What an attached guest exports beside the author's functions. */
export const guestExports = {
  /** Called once, after instantiation and before anything else. Answers `abiVersion`. */
  __ews_attach: sign(
    [
      ['features', 'i32'],
      ['timeout_ms', 'i32'],
      ['stack_bytes', 'i32'],
      ['memory_bytes', 'i32'],
    ],
    'i32',
  ),
  /** Runs everything that is due; its Extism output holds the calls that settled, as records. */
  __ews_dispatch: sign([], 'i32'),
  /**
   * Delivers events that wait, and does nothing else: no output, no Extism memory, so that a host may call it
   * without Extism. Returns 0 when that was all there was to do; otherwise, also when nothing was delivered
   * yet, `__ews_dispatch` is to follow. Plugins of older builds have no such export.
   */
  __ews_deliver: sign([], 'i32'),
  /**
   * Where the host finds messages that the guest has sent and not handed over yet, should the instance be lost: the
   * address of two `i32`, the address of records and how many bytes they have. 0 for nowhere. Called once, after
   * `__ews_attach`. Plugins of older builds have no such export, and hand over each message at once.
   */
  __ews_unsent: sign([], 'i32'),
  /** Milliseconds until the guest wants to be dispatched; 0 for now, `Infinity` for never. */
  __ews_deadline: sign([], 'f64'),
  /** The id of the call that the last entry left pending, 0 if it settled. */
  __ews_pending: sign([], 'i32'),
  /**
   * A block of that many bytes, which the host fills with records before it dispatches; 0 when there
   * is no memory. Plugins of older builds have no such export, no HTTP, and are told of no cancel.
   */
  __ews_reserve: sign([['bytes', 'i32']], 'i32'),
  /**
   * Called inside an entry, before a host function returns that waited: so much time is not the
   * guest's own.
   */
  __ews_waited: sign([['milliseconds', 'f64']], undefined),
  /**
   * Called inside an entry, before a host function returns that failed: a block for the JSON of the
   * failure, which the guest throws as soon as the host function has returned; 0 for no memory.
   */
  __ews_throw: sign([['bytes', 'i32']], 'i32'),
} as const satisfies Record<string, Signature>

export type GuestExport = keyof typeof guestExports

/**
 * Guest exports that need natives of our engine: plugins of other compilers attach without them, take no
 * records, and their entries are not told of waits and failures.
 */
export const engineExports = [
  '__ews_deliver',
  '__ews_unsent',
  '__ews_reserve',
  '__ews_waited',
  '__ews_throw',
] as const satisfies readonly GuestExport[]

/**
 * The author's export that the host calls after it has built the plugin anew: its input tells which
 * sockets there are (docs/abi.md §11). Without it a restart closes them.
 */
export const restartExport = 'onRestart'

/**
 * The author's export that the host calls with a connection that somebody opened to it and that it hands to
 * the plugin (docs/abi.md §12).
 */
export const connectionExport = 'onConnection'

/**
 * What the guest says about the events that it fetched, by `ws_progress`: first of those that it delivers in
 * the order in which it fetched them, then of those that it kept in a queue of their socket. What
 * `ws_receive` fetched is kept from the start.
 */
export const Progress = {
  /** The oldest fetched event of the socket is being delivered to its handler. */
  delivering: 1,
  /** The handler is done with it. */
  delivered: 2,
  /** The handler has put it into a queue, to be taken later. */
  kept: 3,
  /** The oldest kept event of the socket was taken from the queue; an earlier one is done. */
  taken: 4,
  /** The one that was taken has been handled. */
  done: 5,
  /** The one that is being delivered went straight to a reader: it counts as taken. */
  handed: 6,
  /** As `taken`, but those that were taken before are not done: they are handled together. */
  takenToo: 7,
  /**
   * The guest has no memory for a message of the socket, of which it wants no more: the host closes it. For socket
   * 0, for the next event of all: its reader is told.
   */
  refused: 8,
} as const

/** The most that a frame adds to its message (RFC 6455 §5.2), which counts in `ws_room`. */
export const frameHeaderBytes = 14

/** The longest attachment of `ws_save`, in bytes. */
export const maxAttachmentBytes = 16_384

/** The longest name of a socket, in UTF-16 units. */
export const maxNameLength = 256

/** Bits of `__ews_attach`'s `features`. */
export const Feature = {
  /** The direct layer is there. */
  direct: 1,
  /** Extism's HTTP functions are this host's own. */
  http: 2,
  /** The host sends what an instance that is lost has not handed over: it may keep messages until its entry ends. */
  outbox: 4,
} as const

/* @__NO_SIDE_EFFECTS__ So that a bundler drops the tables that nobody reads. */
function sign(params: Signature['params'], result: ValueType | undefined): Signature {
  return { params, result }
}
