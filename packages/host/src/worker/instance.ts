import { errorData, errorFrom, EwsError } from '@extism-ws/protocol'

import type { EntryEnd, Instance } from '../guest/instance.js'
import type { Logger } from '../logger.js'
import { takeRuns } from '../message-run.js'
import type { Session } from '../session/session.js'
import { asEwsError } from '../unexpected.js'
import type { Variables } from '../variables.js'
import type { Answer, Command, Notice, PluginData, Request } from './messages.js'
import type { PluginThread } from './plugin-thread.js'
import type { Requests } from './requests.js'
import { progressType, RingReader } from './ring.js'
import { Control } from './shared.js'
import { countedBytes, type SocketTableWriter } from './socket-table.js'
import { releaseThread } from './spare-thread.js'
import { Watchdog } from './watchdog.js'

export interface WorkerInstanceParts {
  readonly session: Session
  readonly variables: Variables
  readonly logger: Logger
  readonly thread: PluginThread
  readonly table: SocketTableWriter
  readonly requests: Requests
  readonly plugin: PluginData
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
  readonly #thread: PluginThread
  readonly #ring: RingReader
  readonly #watchdog = new Watchdog(() => this.#tooLong())
  readonly #ready: Promise<void>
  #started!: { resolve: () => void; reject: (why: EwsError) => void } // assigned by the Promise constructor
  #running: RunningEntry | undefined
  #lost: EwsError | undefined
  #closing = false
  /** Whether the thread still has events that it fetched ahead. */
  #left = false

  private constructor(parts: WorkerInstanceParts) {
    this.#parts = parts
    this.exports = WebAssembly.Module.exports(parts.module)
    this.imports = WebAssembly.Module.imports(parts.module)
    this.hasLoop = parts.hasLoop
    this.takesRecords = parts.takesRecords
    const { thread } = parts
    this.#thread = thread
    this.#ring = new RingReader(thread.memory)
    this.#ready = new Promise((resolve, reject) => {
      this.#started = { resolve, reject }
    })
    thread.onNotice = (notice) => this.#take(notice)
    thread.onEnd = (why) => this.#lose(threadEnded(why))
    thread.idle = false
    thread.command({ type: 'start', plugin: parts.plugin })
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
    parts.thread.idle = true
    return instance
  }

  async call(name: string, input?: string | Uint8Array, hostContext?: unknown): Promise<EntryEnd> {
    const end = await this.#enter(name, { type: 'call', name, input }, hostContext)
    if (end !== undefined) return end
    throw this.#lose(new EwsError('EWS_INTERNAL', "the plugin's thread refused a call"))
  }

  dispatch(records: Uint8Array | undefined): Promise<EntryEnd | undefined> {
    const { session, thread, plugin } = this.#parts
    // Not more and more of what the guest does not take: the session's inbox is what holds servers back.
    const ahead = plugin.prefetches && !this.#left
    // One message larger than the mailbox is fetched by itself.
    const events = ahead && session.hasEvents ? session.prefetch(thread.memory.mailbox) : 0
    const complete = ahead && (events > 0 || !session.hasEvents)
    const command: Command = { type: 'dispatch', records, events, complete }
    return this.#enter('__ews_dispatch', command, undefined)
  }

  async close(): Promise<void> {
    this.#closing = true
    this.#watchdog.stop()
    await releaseThread(this.#thread)
  }

  #enter(name: string, command: Command, hostContext: unknown): Promise<EntryEnd | undefined> {
    return new Promise((resolve, reject) => {
      if (this.#lost !== undefined) return reject(this.#lost)
      this.#running = { name, hostContext, resolve, reject }
      this.#thread.idle = false
      this.#watchdog.start(this.#parts.limitMs)
      this.#thread.command(command)
    })
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
        return this.#ended(notice.end, notice.left)
      case 'lost':
        return void this.#lose(errorFrom(notice.error))
      case 'log':
      case 'variable':
        return this.#note(notice)
    }
  }

  /** @param left whether the thread still has events that it fetched ahead. */
  #ended(end: EntryEnd | undefined, left: boolean): void {
    // It is through with those, and others have come meanwhile.
    const again = this.#left && !left && this.#parts.session.hasEvents
    this.#left = left
    const told = again && end !== undefined ? { ...end, deadline: 0 } : end
    this.#end((entry) => entry.resolve(told))
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
    this.#thread.idle = true
    settle(entry)
  }

  #answer(number: number, request: Request): void {
    let answer: ReturnType<Requests['answer']>
    try {
      answer = this.#parts.requests.answer(request, this.#running?.hostContext)
    } catch (error) {
      return this.#thread.answer(number, { error: errorData(asEwsError(error)) })
    }
    // It took room that the ring must not take once more.
    if (request.op === 'send') this.#taken(request.socket, 0)
    if (!(answer instanceof Promise)) return this.#thread.answer(number, answer)
    // It waits for us, which is not its own time.
    this.#watchdog.pause()
    void answer
      .catch((error: unknown): Answer => ({ error: errorData(asEwsError(error)) }))
      .then((settled) => {
        if (this.#running === undefined) return
        this.#watchdog.resume()
        this.#thread.answer(number, settled)
      })
  }

  #drainRing(): void {
    const { session, thread } = this.#parts
    // Before it is read: what is written after this is told once more.
    Atomics.store(thread.memory.control, Control.signalled, 0)
    this.#ring.read(this.#sendAll, ({ type, id, code }) => {
      if (type === progressType) session.progress(id, code)
    })
  }

  #sendAll = (block: Uint8Array): void => {
    takeRuns(block, (run) => {
      try {
        this.#parts.session.sendRun(run)
      } catch {
        // It has ended since: nobody would have got the messages.
      }
      this.#taken(run.socket, countedBytes(run.count, run.bytes))
    })
  }

  /** So many bytes have left the ring; what the socket takes now is what it says. */
  #taken(socket: number, bytes: number): void {
    const { session, table } = this.#parts
    table.taken(socket, bytes, session.rooms.of(socket))
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
    for (const left of this.#thread.unheard()) {
      if (left?.type === 'variable' || left?.type === 'log') this.#note(left)
    }
    void this.#thread.kill()
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
