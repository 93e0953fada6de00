import type { MessageTarget } from '../message-target.js'

/**
 * Takes one event record: see `RecordType`, `RecordFlag` and docs/abi.md §3. Text messages come as
 * strings, everything else as the payload's bytes; undefined for a message that there was no memory for. Returns how far it is with a record that is not done
 * when it returns (protocol: Progress), or `told`.
 */
export type Deliver = (
  type: number,
  flags: number,
  code: number,
  id: number,
  payload: string | ArrayBuffer | undefined,
) => number | void

/** What `Deliver` returns when the host has heard already how far the guest is. */
export const told = 0

/**
 * The host functions as the guest library calls them: one implementation per layer.
 *
 * Results are those of the ABI: negative numbers are errors, and `error()` tells the last one.
 */
export interface Bridge {
  /** Starts connecting; `request` is a URL or the JSON of a `ConnectRequest`. Returns a socket id. */
  connect(request: string): number
  /** `kind` is the opcode: 1 text, 2 binary. */
  send(socket: number, kind: number, data: string | Uint8Array): number
  /** Starts the closing handshake; code 0 sends no code. */
  close(socket: number, code: number, reason: string): number
  /** Stops or resumes the delivery of one socket's messages. */
  pause(socket: number, paused: boolean): number
  /** Has the host keep bytes with a socket, for a plugin that is built anew; none for empty ones. */
  save(socket: number, bytes: Uint8Array): number
  /** Drains the session's inbox, promise jobs after each record. Returns how many were delivered. */
  poll(timeoutMs: number, deliver: Deliver): number
  /**
   * The socket's messages go to this one from here on, and to nobody's but `Deliver` without one; only where
   * there is an engine that does so.
   */
  target?(socket: number, target: MessageTarget | undefined): void
  /**
   * What the object's method `send` (sender.ts) is given goes out on this socket; on none, for 0. Only where there is an
   * engine that does so.
   */
  sender?(object: object, socket: number): void
  /** The loop polls by itself: a dispatch delivers nothing before that. */
  pollByHand?(): void
  /** Whether records were drained that are not delivered yet. */
  undelivered(): boolean
  /**
   * Tells how far the guest is with an event of a socket that it fetched (protocol: Progress), which `poll`
   * does by itself for what it delivers.
   */
  progress(socket: number, step: number): number
  /** JSON about one socket, or about the host for socket 0. */
  info(socket: number): string
  /** JSON of the session's last failure. */
  error(): string
}
