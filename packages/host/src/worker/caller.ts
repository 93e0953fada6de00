import { errorFrom } from '@extism-ws/protocol'
import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads'

import type { Answer, Command, Notice, Request } from './messages.js'
import { Control, extra, type SharedMemory } from './shared.js'

/** The plugin's thread as seen from inside: how it talks to the main thread, and waits for it. */
export class Caller {
  readonly #port: MessagePort
  readonly #control: Int32Array
  #lastRequest = 0

  constructor(port: MessagePort, { control }: SharedMemory) {
    this.#port = port
    this.#control = control
  }

  tell(notice: Notice): void {
    this.#port.postMessage(notice)
  }

  /** Tells once that the ring holds something, until it is read. */
  signal(): void {
    if (Atomics.exchange(this.#control, Control.signalled, 1) === 0) this.tell(null)
  }

  /** Sleeps until the main thread has something to do. */
  nextCommand(): Command {
    for (;;) {
      const seen = Atomics.load(this.#control, Control.wake)
      const received = receiveMessageOnPort(this.#port) as { message: Command } | undefined
      if (received !== undefined) return received.message
      Atomics.wait(this.#control, Control.wake, seen)
    }
  }

  /**
   * Asks the main thread, and sleeps until it has answered.
   *
   * @throws {EwsError} what it failed with.
   */
  ask(request: Request): number | Exclude<Answer, { readonly error: unknown }> {
    const number = ++this.#lastRequest
    this.tell({ type: 'request', number, request })
    for (;;) {
      const seen = Atomics.load(this.#control, Control.wake)
      if (Atomics.load(this.#control, Control.answered) === number) break
      Atomics.wait(this.#control, Control.wake, seen)
    }
    const result = Atomics.load(this.#control, Control.result)
    if (result !== extra) return result
    const command = this.nextCommand()
    if (command.type !== 'answer') throw new Error(`expected an answer, got ${command.type}`)
    if ('error' in command.answer) throw errorFrom(command.answer.error)
    return command.answer
  }
}
