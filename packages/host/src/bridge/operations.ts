import type { EwsError } from '@extism-ws/protocol'

/** What a host function answers; a promise only where the host can suspend the guest. */
export type Answer = number | Promise<number>

/** Where the guest wants to have records. Asked again after a wait: its memory may have grown. */
export type FindBlock = () => Uint8Array

/**
 * The operations of the ABI with the bytes already found: those of a session, or of the stand-in for it
 * in a worker thread. They throw `EwsError`.
 */
export interface SessionOperations {
  connect(request: Uint8Array): Answer
  send(socket: number, kind: number, data: Uint8Array): number
  sendMany(block: Uint8Array): number
  room(socket: number): number
  receive(socket: number, timeoutMs: number, block: FindBlock): Answer
  poll(timeoutMs: number, block: FindBlock): Answer
  close(socket: number, code: number, reason: Uint8Array): number
  pause(socket: number, paused: boolean): number
  save(socket: number, bytes: Uint8Array): number
  progress(socket: number, step: number): number
  /** JSON. */
  info(socket: number): string
  /** JSON of the last failure. */
  error(): string
  lastError: EwsError | undefined
}
