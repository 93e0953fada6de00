import { errorData, EwsError } from '@extism-ws/protocol'
import { workerData } from 'node:worker_threads'

import { GuestMemory } from '../bridge/direct.js'
import { EntryExports } from '../bridge/entry-exports.js'
import type { EntryEnd } from '../guest/instance.js'
import { LocalInstance } from '../guest/local-instance.js'
import { hostFunctions } from '../host-functions.js'
import type { Logger } from '../logger.js'
import { mergeFunctions } from '../merge-functions.js'
import { extismHttpFunctions, extismHttpNamespace } from '../module/extism-http.js'
import { findSdk } from '../module/installed-sdk.js'
import { instantiate } from '../module/instantiate.js'
import { wasiFunctions, wasiNamespace } from '../module/wasi.js'
import { Variables } from '../variables.js'
import { Caller } from './caller.js'
import type { Command, ThreadData } from './messages.js'
import { remoteFunctions } from './remote-functions.js'
import { RemoteSession } from './remote-session.js'
import { RingWriter } from './ring.js'
import { SocketTableReader } from './socket-table.js'

// The thread of one plugin. It sleeps on shared memory between entries and in host functions that wait;
// its own event loop runs only while the plugin is instantiated.

const data = workerData as ThreadData
const caller = new Caller(data.port, data.memory)
const memory = new GuestMemory()
const entry = new EntryExports(memory)
const session = new RemoteSession({
  caller,
  ring: new RingWriter(data.memory, () => caller.signal()),
  table: new SocketTableReader(data.memory.sockets),
  mailbox: data.memory.mailbox,
  entry,
  reports: data.reports,
})

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

async function create(): Promise<LocalInstance> {
  const variables = new Variables(
    (message) => logger.warn(`extism-ws: ${message}`),
    data.variables,
    (key, value) => caller.tell({ type: 'variable', key, value }),
  )
  const ours = {
    ...hostFunctions({ session, memory, entry, variables, suspends: false }),
    [wasiNamespace]: wasiFunctions(memory, logger),
    [extismHttpNamespace]: extismHttpFunctions,
  }
  const functions = mergeFunctions(ours, remoteFunctions(data.functions, caller, entry))
  const sdk = await findSdk(data.sdk)
  caller.tell({ type: 'starting' })
  const raw = await instantiate(sdk, data.sdkSettings, functions, logger)
  return LocalInstance.take(raw, data.main, { memory, entry, limits: data.limits })
}

function end(entryEnd: EntryEnd | undefined): void {
  const more = session.end()
  const told = more && entryEnd !== undefined ? { ...entryEnd, deadline: 0 } : entryEnd
  caller.tell({ type: 'end', end: told })
}

/** False when it was the last one. */
async function run(instance: LocalInstance, command: Command): Promise<boolean> {
  switch (command.type) {
    case 'call': {
      session.begin(0, false)
      end(await instance.call(command.name, command.input))
      return true
    }
    case 'dispatch': {
      session.begin(command.events, true)
      end(await instance.dispatch(command.records))
      return true
    }
    default:
      return false
  }
}

async function main(): Promise<void> {
  let instance: LocalInstance
  try {
    instance = await create()
  } catch (error) {
    caller.tell({ type: 'refused', error: errorData(asEwsError(error)) })
    return data.port.close()
  }
  caller.tell({ type: 'ready' })
  try {
    while (await run(instance, caller.nextCommand()));
  } catch (error) {
    caller.tell({ type: 'lost', error: errorData(asEwsError(error)) })
  }
  await instance.close()
  data.port.close()
}

function asEwsError(error: unknown): EwsError {
  if (error instanceof EwsError) return error
  const why = error instanceof Error ? error.message : String(error)
  return new EwsError('EWS_INTERNAL', `unexpected failure in the plugin's thread: ${why}`)
}

await main()
