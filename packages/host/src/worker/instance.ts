import { errorData, errorFrom, EwsError } from '@extism-ws/protocol'
import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from 'node:worker_threads'

import type { EntryEnd, Instance } from '../guest/instance.js'
import type { Logger } from '../logger.js'
import type { Session } from '../session/session.js'
import type { Variables } from '../variables.js'
import type { Answer, Command, Notice, Request, ThreadData } from './messages.js'
import type { Requests } from './requests.js'
import { progressType, RingReader } from './ring.js'
import { Control, extra, type SharedMemory } from './shared.js'
import { countedBytes, type SocketTableWriter } from './socket-table.js'
import { threadFile } from './thread-file.js'
import { Watchdog } from './watchdog.js'

export interface WorkerInstanceParts {
  readonly session: Session
  readonly variables: Variables
  readonly logger: Logger
  readonly memory: SharedMemory
  readonly table: SocketTableWriter
  readonly requests: Requests
  readonly data: Omit<ThreadData, 'port' | 'memory'>
  readonly module: WebAssembly.Module
  readonly hasLoop: boolean
  readonly takesRecords: boolean
  /** Longest time of its instantiation, in milliseconds. */
  readonly startMs: number
  /** Longest time of one entry before its thread is ended, in milliseconds. */
  readonly limitMs: number
}

/** The entry that runs. */
interface RunningEntry {
  readonly name: string
  readonly hostContext: unknown
  readonly resolve: (end: EntryEnd | undefined) => void
  readonly reject: (why: EwsError) => void
}

/** A plugin on a thread of its own; its sockets are here. */
export class WorkerInstance implements Instance {
  readonly exports: WebAssembly.ModuleExportDescriptor[]
  readonly imports: WebAssembly.ModuleImportDescriptor[]
  readonly wasm = undefined
  readonly hasLoop: boolean
  readonly takesRecords: boolean
  onLost: (why: unknown) => void = () => {}
  readonly #parts: WorkerInstanceParts
  readonly #worker: Worker
  readonly #port: MessagePort
  readonly #ring: RingReader
  readonly #watchdog = new Watchdog(() => this.#tooLong())
  readonly #ready: Promise<void>
  readonly #exited: Promise<void>
  #started!: { resolve: () => void; reject: (why: EwsError) => void } // assigned by the Promise constructor
  #running: RunningEntry | undefined
  #lost: EwsError | undefined
  #closing = false

  private constructor(parts: WorkerInstanceParts) {
    this.#parts = parts
    this.exports = WebAssembly.Module.exports(parts.module)
    this.imports = WebAssembly.Module.imports(parts.module)
    this.hasLoop = parts.hasLoop
    this.takesRecords = parts.takesRecords
    this.#ring = new RingReader(parts.memory)
    const { port1, port2 } = new MessageChannel()
    this.#port = port1
    const workerData: ThreadData = { ...parts.data, port: port2, memory: parts.memory }
    // No arguments of the process, which may be for its main thread only.
    const settings = { workerData, transferList: [port2], execArgv: [], env: {} }
    this.#worker = new Worker(threadFile, settings)
    this.#ready = new Promise((resolve, reject) => {
      this.#started = { resolve, reject }
    })
    this.#exited = new Promise((resolve) => this.#worker.once('exit', () => resolve()))
    this.#worker.on('error', (error) => this.#lose(threadEnded(error)))
    this.#worker.on('exit', () => this.#lose(threadEnded('it exited')))
    port1.on('message', (notice: Notice) => this.#take(notice))
  }

  /** @throws {EwsError} what instantiating the plugin came to. */
  static async start(parts: WorkerInstanceParts): Promise<WorkerInstance> {
    const instance = new WorkerInstance(parts)
    try {
      await instance.#ready
    } catch (error) {
      await instance.close()
      throw error
    }
    instance.#idle(true)
    return instance
  }

  async call(name: string, input?: string | Uint8Array, hostContext?: unknown): Promise<EntryEnd> {
    const end = await this.#enter(name, { type: 'call', name, input }, hostContext)
    if (end !== undefined) return end
    throw this.#lose(new EwsError('EWS_INTERNAL', "the plugin's thread refused a call"))
  }

  dispatch(records: Uint8Array | undefined): Promise<EntryEnd | undefined> {
    const { session, memory, data } = this.#parts
    let events = 0
    // One message larger than the mailbox is fetched by itself.
    if (session.hasEvents && data.prefetches) events = session.prefetch(memory.mailbox)
    return this.#enter('__ews_dispatch', { type: 'dispatch', records, events }, undefined)
  }

  async close(): Promise<void> {
    this.#closing = true
    this.#watchdog.stop()
    if (this.#lost === undefined && this.#running === undefined) this.#post({ type: 'close' })
    else await this.#worker.terminate()
    const timer = setTimeout(() => void this.#worker.terminate(), 1000)
    await this.#exited
    clearTimeout(timer)
    this.#port.close()
  }

  #enter(name: string, command: Command, hostContext: unknown): Promise<EntryEnd | undefined> {
    return new Promise((resolve, reject) => {
      if (this.#lost !== undefined) return reject(this.#lost)
      this.#running = { name, hostContext, resolve, reject }
      this.#idle(false)
      this.#watchdog.start(this.#parts.limitMs)
      this.#post(command)
    })
  }

  #post(command: Command): void {
    this.#port.postMessage(command)
    this.#wake()
  }

  #wake(): void {
    const { control } = this.#parts.memory
    Atomics.add(control, Control.wake, 1)
    Atomics.notify(control, Control.wake)
  }

  /** An idle plugin does not keep the process alive. */
  #idle(idle: boolean): void {
    if (idle) {
      this.#worker.unref()
      this.#port.unref()
    } else {
      this.#worker.ref()
      this.#port.ref()
    }
  }

  #take(notice: Notice): void {
    this.#drainRing()
    if (notice === null || this.#lost !== undefined) return
    switch (notice.type) {
      case 'starting':
        return this.#watchdog.start(this.#parts.startMs)
      case 'ready':
        this.#watchdog.stop()
        return this.#started.resolve()
      case 'refused':
        return this.#started.reject(errorFrom(notice.error))
      case 'request':
        return this.#answer(notice.number, notice.request)
      case 'end':
        return this.#end((entry) => entry.resolve(notice.end))
      case 'lost':
        return void this.#lose(errorFrom(notice.error))
      case 'log':
      case 'variable':
        return this.#note(notice)
    }
  }

  #note(notice: Notice & { type: 'log' | 'variable' }): void {
    if (notice.type === 'log') this.#parts.logger[notice.level](notice.text)
    else this.#parts.variables.set(notice.key, notice.value)
  }

  #end(settle: (entry: RunningEntry) => void): void {
    const entry = this.#running
    if (entry === undefined) return
    this.#running = undefined
    this.#watchdog.stop()
    this.#idle(true)
    settle(entry)
  }

  #answer(number: number, request: Request): void {
    let answer: ReturnType<Requests['answer']>
    try {
      answer = this.#parts.requests.answer(request, this.#running?.hostContext)
    } catch (error) {
      return this.#reply(number, { error: dataOf(error) })
    }
    // It took room that the ring must not take once more.
    if (request.op === 'send') this.#taken(request.socket, 0)
    if (!(answer instanceof Promise)) return this.#reply(number, answer)
    // It waits for us, which is not its own time.
    this.#watchdog.pause()
    void answer
      .catch((error: unknown): Answer => ({ error: dataOf(error) }))
      .then((settled) => {
        if (this.#running === undefined) return
        this.#watchdog.resume()
        this.#reply(number, settled)
      })
  }

  #reply(number: number, answer: number | Answer): void {
    const { control } = this.#parts.memory
    if (typeof answer === 'object') this.#port.postMessage({ type: 'answer', answer })
    Atomics.store(control, Control.result, typeof answer === 'number' ? answer : extra)
    Atomics.store(control, Control.answered, number)
    this.#wake()
  }

  #drainRing(): void {
    const { memory, session } = this.#parts
    // Before it is read: what is written after this is told once more.
    Atomics.store(memory.control, Control.signalled, 0)
    this.#ring.read(({ type, id, code, payload }) => {
      if (type === progressType) {
        session.progress(id, code)
        return
      }
      try {
        session.send(id, code, payload)
      } catch {
        // It has ended since: nobody would have got the message.
      }
      this.#taken(id, countedBytes(payload.length))
    })
  }

  /** So many bytes have left the ring; what the socket takes now is what it says. */
  #taken(socket: number, bytes: number): void {
    const { session, table } = this.#parts
    table.taken(socket, bytes, session.sendRoom(socket))
  }

  #tooLong(): void {
    const where = this.#running === undefined ? 'while it started' : `in "${this.#running.name}"`
    const message = `the plugin ran longer than it may (timeoutMs) ${where}, and its thread was ended`
    this.#lose(new EwsError('EWS_TIMEOUT', message))
  }

  #lose(why: EwsError): EwsError {
    if (this.#lost !== undefined) return this.#lost
    this.#lost = why
    // What it said before it died counts.
    this.#drainRing()
    for (;;) {
      const left = receiveMessageOnPort(this.#port) as { message: Notice } | undefined
      if (left === undefined) break
      if (left.message?.type === 'variable' || left.message?.type === 'log')
        this.#note(left.message)
    }
    void this.#worker.terminate()
    this.#started.reject(why)
    const wasRunning = this.#running !== undefined
    this.#end((entry) => entry.reject(why))
    if (!wasRunning && !this.#closing) this.onLost(why)
    return why
  }
}

function threadEnded(why: unknown): EwsError {
  const reason = why instanceof Error ? why.message : String(why)
  return new EwsError('EWS_TRAPPED', `the plugin's thread ended: ${reason}`, { cause: why })
}

function dataOf(error: unknown): ReturnType<typeof errorData> {
  if (error instanceof EwsError) return errorData(error)
  const message = `unexpected failure in the host: ${String(error)}`
  return errorData(new EwsError('EWS_INTERNAL', message))
}
