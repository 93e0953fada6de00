import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from 'node:worker_threads'

import type { Answer, Command, Notice, ProgramData } from './messages.js'
import { Control, createSharedMemory, extra, type SharedMemory } from './shared.js'
import { programFile } from './program-file.js'

/** How long a thread may take to end by itself, in milliseconds. */
const patienceMs = 1000

/** A thread for one plugin, which has loaded its program and the SDK and waits for the plugin. */
export class PluginThread {
  readonly memory: SharedMemory = createSharedMemory()
  /** Called for each notice. */
  onNotice: (notice: Notice) => void = () => {}
  /** Called once, when the thread has ended without being told to. */
  onEnd: (why: unknown) => void = () => {}
  readonly #worker: Worker
  readonly #port: MessagePort
  readonly #exited: Promise<void>
  #ended = false

  /** @param sdk how the thread imports the SDK; undefined for the one that is installed. */
  constructor(sdk: string | undefined) {
    const { port1, port2 } = new MessageChannel()
    this.#port = port1
    const workerData: ProgramData = { port: port2, memory: this.memory, sdk }
    // No arguments and variables of the process, which are for its own program.
    const settings = { workerData, transferList: [port2], execArgv: [], env: {} }
    this.#worker = new Worker(programFile, settings)
    this.#exited = new Promise((resolve) => this.#worker.once('exit', () => resolve()))
    this.#worker.on('error', (error) => this.#end(error))
    this.#worker.on('exit', () => this.#end('it exited'))
    port1.on('message', (notice: Notice) => this.onNotice(notice))
    this.idle = true
  }

  /** Whether it has ended. */
  get ended(): boolean {
    return this.#ended
  }

  /** An idle thread does not keep the process alive. */
  set idle(idle: boolean) {
    if (idle) {
      this.#worker.unref()
      this.#port.unref()
    } else {
      this.#worker.ref()
      this.#port.ref()
    }
  }

  command(command: Command): void {
    this.#port.postMessage(command)
    this.#wake()
  }

  /** Answers a request, for which the thread sleeps. */
  answer(number: number, answer: number | Answer): void {
    const { control } = this.memory
    if (typeof answer === 'object') this.#port.postMessage({ type: 'answer', answer })
    Atomics.store(control, Control.result, typeof answer === 'number' ? answer : extra)
    Atomics.store(control, Control.answered, number)
    this.#wake()
  }

  /** Notices that have not been taken yet. */
  *unheard(): Generator<Notice> {
    for (;;) {
      const left = receiveMessageOnPort(this.#port) as { message: Notice } | undefined
      if (left === undefined) return
      yield left.message
    }
  }

  /** Ends it in the middle of whatever it does. */
  async kill(): Promise<void> {
    this.#ended = true
    await this.#worker.terminate()
    this.#port.close()
  }

  /** Ends it when it is idle. */
  async close(): Promise<void> {
    if (this.#ended) return this.kill()
    this.#ended = true
    this.command({ type: 'close' })
    this.idle = false
    const timer = setTimeout(() => void this.#worker.terminate(), patienceMs)
    await this.#exited
    clearTimeout(timer)
    this.#port.close()
  }

  #wake(): void {
    const { control } = this.memory
    Atomics.add(control, Control.wake, 1)
    Atomics.notify(control, Control.wake)
  }

  #end(why: unknown): void {
    if (this.#ended) return
    this.#ended = true
    this.onEnd(why)
  }
}
