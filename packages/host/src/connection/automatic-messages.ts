import { Opcode, type AutoAnswerRequest, type KeepAliveRequest } from '@extism-ws/protocol'

import { Pieces, type Payload } from '../pieces.js'

/** What a guest wishes to be sent and answered while it sleeps. */
export interface AutomaticRequests {
  readonly keepAlive?: KeepAliveRequest | undefined
  readonly autoAnswer?: AutoAnswerRequest | undefined
}

/** Text messages that the host sends and takes in the guest's place. */
export class AutomaticMessages {
  /** What is sent at intervals. */
  readonly request: Buffer | undefined
  readonly #expected: Buffer | undefined
  readonly #asked: Buffer | undefined
  readonly #answer: Buffer | undefined
  /** Answers to what was sent at intervals. */
  answered = 0

  constructor({ keepAlive, autoAnswer }: AutomaticRequests) {
    this.request = bytes(keepAlive?.request)
    this.#expected = bytes(keepAlive?.answer)
    this.#asked = bytes(autoAnswer?.request)
    this.#answer = bytes(autoAnswer?.answer)
  }

  /** Whether only a certain answer is a sign of life. */
  get expectsAnswer(): boolean {
    return this.#expected !== undefined
  }

  /**
   * Whether a message is none of the guest's.
   *
   * @param reply sends the answer that it gets.
   */
  takes(kind: number, data: Payload, reply: (answer: Buffer) => void): boolean {
    // Nothing that is asked or answered comes in pieces.
    if (kind !== Opcode.text || data instanceof Pieces) return false
    if (this.#expected?.equals(data) === true) {
      this.answered++
      return true
    }
    if (this.#answer === undefined || this.#asked?.equals(data) !== true) return false
    reply(this.#answer)
    return true
  }
}

function bytes(text: string | undefined): Buffer | undefined {
  return text === undefined ? undefined : Buffer.from(text)
}
