/** Indices of the shared control words. */
export const Control = {
  /** Counts what the main thread has posted or answered: the plugin's thread sleeps on it. */
  wake: 0,
  /** The last request that was answered. */
  answered: 1,
  /** Its result; `extra` when more of it is in the port. */
  result: 2,
  /** 1 while the main thread has been told that the ring holds something. */
  signalled: 3,
  /** Where the ring is read and written next: bytes since the beginning, modulo 2³². */
  ringRead: 4,
  ringWritten: 5,
} as const

const controlWords = 8

/** The result of a request whose answer is a message in the port. */
export const extra = -(2 ** 31)

/** Events and answers to the plugin's thread: one batch at a time. */
const mailboxBytes = 2 ** 20
/** Sends from the plugin's thread. A power of two. */
const ringBytes = 2 ** 20

/** Memory that both threads see. */
export interface SharedMemory {
  readonly control: Int32Array<SharedArrayBuffer>
  readonly ring: Uint8Array<SharedArrayBuffer>
  readonly mailbox: Uint8Array<SharedArrayBuffer>
}

export function createSharedMemory(): SharedMemory {
  return {
    control: new Int32Array(new SharedArrayBuffer(4 * controlWords)),
    ring: new Uint8Array(new SharedArrayBuffer(ringBytes)),
    mailbox: new Uint8Array(new SharedArrayBuffer(mailboxBytes)),
  }
}
