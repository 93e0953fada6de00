import { EwsError, restartExport } from '@extism-ws/protocol'

import type { FunctionRunner } from '../bridge/function-runner.js'
import type { ExtismSdk, HostFunctions } from '../bridge/sdk.js'
import type { Blueprint } from '../guest/supervisor.js'
import type { SdkSettings } from '../module/instantiate.js'
import type { LoadedPlugin } from '../module/loaded-plugin.js'
import type { SessionParts } from '../session-parts.js'
import { FunctionCalls } from './function-calls.js'
import { WorkerInstance } from './instance.js'
import { Requests } from './requests.js'
import { SocketTableWriter, tableFor } from './socket-table.js'
import { takeThread } from './spare-thread.js'

/** QuickJS's stack where the guest has a thread of its own, in bytes (docs/engine.md). */
const stackBytes = 192 * 1024
/** What a guest that interrupts itself gets beyond its limit before its thread is ended, in milliseconds. */
const graceMs = 1000

/** What a module gets for its start beyond its limit, since the SDK is at work as well, in milliseconds. */
const startGraceMs = 2000

export interface WorkerSettings {
  readonly sdk: ExtismSdk | string | undefined
  readonly sdkSettings: SdkSettings
  readonly functions: Readonly<Record<string, HostFunctions>>
  readonly runner: FunctionRunner
}

/** Instances each on a thread of its own: `worker` mode. */
export function workerBlueprint(
  loaded: LoadedPlugin,
  parts: SessionParts,
  { sdk, sdkSettings, functions, runner }: WorkerSettings,
): Blueprint {
  const { session, http, variables, pluginLogger: logger, limits } = parts
  const { module, names } = mainModule(loaded)
  const hasLoop = names.has('__ews_attach')
  const takesRecords = hasLoop && names.has('__ews_reserve')
  const keepsSockets = names.has(restartExport)
  // A guest that does not tell how far it is has handled what it fetched: it must not fetch ahead.
  const prefetches = hasLoop || !keepsSockets
  const specifier = specifierOf(sdk)
  const calls = new FunctionCalls(functions, runner, variables)
  return {
    find: loaded.find,
    build: async () => {
      const thread = takeThread(specifier)
      const sockets = tableFor(session.maxSockets)
      const table = new SocketTableWriter(sockets)
      const { mailbox } = thread.memory
      const instance = await WorkerInstance.start({
        session,
        variables,
        logger,
        thread,
        table,
        requests: new Requests({ session, http, functions: calls, mailbox, prefetches }),
        plugin: {
          sockets,
          sdkSettings,
          main: loaded.main,
          limits: { ...limits, stackBytes },
          functions: Object.entries(functions).map(([space, each]) => [space, Object.keys(each)]),
          variables: variables.values,
          reports: hasLoop && keepsSockets,
          prefetches,
        },
        module,
        hasLoop,
        takesRecords,
        startMs: limits.timeoutMs + startGraceMs,
        limitMs: hasLoop ? limits.timeoutMs + graceMs : limits.timeoutMs,
      })
      session.rooms.onChange = (socket, room) => {
        if (room === undefined) table.close(socket)
        else table.open(socket, room)
      }
      for (const [socket, room] of session.rooms.all) table.open(socket, room)
      return instance
    },
  }
}

/** The module that is called, as it is found again on the other thread. */
function mainModule({ modules, main }: LoadedPlugin): {
  module: WebAssembly.Module
  names: ReadonlySet<string>
} {
  const found = modules.find(({ name }) => name === main) ?? modules.at(-1)
  // A manifest without modules was refused.
  if (found === undefined) throw new EwsError('EWS_BAD_MODULE', 'the manifest names no module')
  const functions = WebAssembly.Module.exports(found.module).filter(
    ({ kind }) => kind === 'function',
  )
  return { module: found.module, names: new Set(functions.map(({ name }) => name)) }
}

/**
 * How the thread imports the SDK; undefined for the one that is installed.
 *
 * @throws {TypeError} for an SDK that is an object: it cannot be sent to another thread.
 */
function specifierOf(sdk: ExtismSdk | string | undefined): string | undefined {
  if (typeof sdk !== 'object') return sdk
  throw new TypeError(
    "extism: in 'worker' mode pass the specifier or URL of the SDK, which another thread imports, not the SDK itself",
  )
}
