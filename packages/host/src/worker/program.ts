import { errorData, EwsError, Feature } from '@extism-ws/protocol'
import { workerData } from 'node:worker_threads'

import { BlockPool } from '../bridge/block-pool.js'
import { GuestMemory } from '../bridge/direct.js'
import { EntryExports } from '../bridge/entry-exports.js'
import type { ExtismSdk } from '../bridge/sdk.js'
import type { EntryEnd } from '../guest/instance.js'
import { LocalInstance } from '../guest/local-instance.js'
import { hostFunctions } from '../host-functions.js'
import type { Logger } from '../logger.js'
import { mergeFunctions } from '../merge-functions.js'
import { extismHttpFunctions, extismHttpNamespace } from '../module/extism-http.js'
import { findSdk } from '../module/installed-sdk.js'
import { instantiate } from '../module/instantiate.js'
import { wasiFunctions, wasiNamespace } from '../module/wasi.js'
import { asEwsError } from '../unexpected.js'
import { Variables } from '../variables.js'
import { Caller } from './caller.js'
import type { PluginData, ProgramData } from './messages.js'
import { remoteFunctions } from './remote-functions.js'
import { remoteHttp } from './remote-http.js'
import { RemoteSession } from './remote-session.js'
import { RingWriter } from './ring.js'
import { SocketTableReader } from './socket-table.js'

// The thread of one plugin. It sleeps on shared memory between entries and in host functions that wait;
// its own event loop runs only while the plugin is instantiated.

const { port, memory: shared, sdk } = workerData as ProgramData
const caller = new Caller(port, shared)

// Importing the SDK warns of Node's WASI, as it does on the main thread; no other warning is silenced.
const { emitWarning } = process
process.emitWarning = (warning: string | Error, ...rest: unknown[]): void => {
  if (String(warning).startsWith('WASI is an experimental feature')) return
  Reflect.apply(emitWarning, process, [warning, ...rest])
}

function line(level: keyof Logger) {
  return (text: string): void => caller.tell({ type: 'log', level, text: String(text) })
}

const logger: Logger = {
  debug: line('debug'),
  info: line('info'),
  warn: line('warn'),
  error: line('error'),
}

/** The plugin of this thread. */
class Program {
  readonly #session: RemoteSession
  readonly #instance: LocalInstance

  private constructor(session: RemoteSession, instance: LocalInstance) {
    this.#session = session
    this.#instance = instance
  }

  static async start(plugin: PluginData, found: ExtismSdk): Promise<Program> {
    const memory = new GuestMemory()
    const entry = new EntryExports(memory)
    const blocks = new BlockPool()
    const session = new RemoteSession({
      caller,
      ring: new RingWriter(shared, () => caller.signal()),
      table: new SocketTableReader(plugin.sockets),
      mailbox: shared.mailbox,
      entry,
      reports: plugin.reports,
    })
    const variables = new Variables(
      (message) => logger.warn(`extism-ws: ${message}`),
      plugin.variables,
      (key, value) => caller.tell({ type: 'variable', key, value }),
    )
    const ours = {
      ...hostFunctions({ session, memory, entry, blocks, variables, suspends: false }),
      [wasiNamespace]: wasiFunctions(memory, logger),
      [extismHttpNamespace]: extismHttpFunctions({
        entry,
        carryOut: remoteHttp(caller, entry),
        suspends: false,
      }),
    }
    const functions = mergeFunctions(
      ours,
      remoteFunctions(plugin.functions, caller, entry, variables),
    )
    caller.tell({ type: 'starting' })
    const raw = await instantiate(found, plugin.sdkSettings, functions, logger)
    const features = Feature.direct | Feature.http
    const parts = { memory, entry, blocks, limits: plugin.limits, features, suspends: false }
    return new Program(session, await LocalInstance.take(raw, plugin.main, parts))
  }

  /** Runs entries until it is told to close. */
  async run(): Promise<void> {
    for (;;) {
      const command = caller.nextCommand()
      if (command.type === 'call') {
        this.#session.begin(0, false)
        this.#end(await this.#instance.call(command.name, command.input))
      } else if (command.type === 'dispatch') {
        this.#session.begin(command.events, command.complete)
        this.#end(await this.#dispatch(command.records))
      } else return
    }
  }

  async #dispatch(records: Uint8Array | undefined): Promise<EntryEnd | undefined> {
    const delivered = records === undefined ? this.#instance.deliver() : undefined
    return delivered ?? this.#instance.dispatch(records)
  }

  async close(): Promise<void> {
    await this.#instance.close()
  }

  #end(end: EntryEnd | undefined): void {
    const { left, taken } = this.#session.end()
    // A guest that took none of them need not be asked again.
    const again = left && taken && end !== undefined
    caller.tell({ type: 'end', end: again ? { ...end, deadline: 0 } : end, left })
  }
}

async function main(): Promise<void> {
  // Before there is a plugin: a thread is made ahead of it. What is wrong is told when it comes.
  const found = await findSdk(sdk).catch(asEwsError)
  const command = caller.nextCommand()
  if (command.type !== 'start') return
  let program: Program
  try {
    if (found instanceof EwsError) throw found
    program = await Program.start(command.plugin, found)
  } catch (error) {
    return caller.tell({ type: 'refused', error: errorData(asEwsError(error)) })
  }
  caller.tell({ type: 'ready' })
  try {
    await program.run()
  } catch (error) {
    caller.tell({ type: 'lost', error: errorData(asEwsError(error)) })
  }
  await program.close()
}

await main()
port.close()
