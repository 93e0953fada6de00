import type { EwsError, Reconnected, Reconnecting } from '@extism-ws/protocol'
import type { RawData } from 'ws'

import type { MessageRun } from '../message-run.js'
import { Pieces, type Payload } from '../pieces.js'

export type TransportState = 'connecting' | 'open' | 'closing' | 'closed'

/** What a connection was opened as. */
export interface Opened {
  readonly url: string
  readonly protocol: string
  readonly extensions: string
}

/** What the events of a transport go to. After `closed` none comes. */
export interface TransportListener {
  opened(about: Opened): void
  /** @param data it is not referred to by anyone else. */
  message(kind: number, data: Payload): void
  failed(error: EwsError): void
  /** The last event of every transport, whatever happened. */
  closed(code: number, reason: string, wasClean: boolean): void
  reconnecting(about: Reconnecting): void
  /** The delay is over, and the attempt begins. */
  trying(): void
  reconnected(about: Reconnected): void
}

/**
 * What a socket sends and receives over: one connection, one after the other, or one that several
 * plugins listen to.
 */
export interface Transport {
  readonly state: TransportState
  readonly protocol: string
  readonly extensions: string
  /** Bytes that wait to be handed to the system, framing included. */
  readonly bufferedAmount: number
  /** How large a message may be that is taken now; larger ones only by an empty buffer. */
  readonly sendRoom: number
  /**
   * How many bytes of messages are taken for certain, as long as nothing is awaited, `frameHeaderBytes` counted for
   * each; 0 where each must be asked for.
   */
  readonly certainRoom: number
  /**
   * Sends one message. `data` may be a view of guest memory: nothing refers to it afterwards. The caller
   * has seen that the state is `open`.
   *
   * @param always for what is bounded elsewhere: there is room for it.
   * @throws {EwsError} `EWS_LIMIT` when there is no room for it.
   */
  send(kind: number, data: Uint8Array, always?: boolean): void
  /** Sends messages at once, as `send`; false when it sent none, since each must be asked for. */
  sendRun(run: MessageRun): boolean
  /** Calls back once when what is buffered now has been handed to the system. */
  whenDrained(done: () => void): void
  /** Starts the closing handshake; while connecting, gives the connection up. 0 is no code. */
  close(code: number, reason: string): void
  /** Stops or resumes reading. */
  pause(paused: boolean): void
}

/** `ws` hands out one Buffer per message with its default binaryType, and `readFrames` several for large ones. */
export function messageData(data: RawData): Payload {
  return Array.isArray(data) ? new Pieces(data) : (data as Buffer)
}
