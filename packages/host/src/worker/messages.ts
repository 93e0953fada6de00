import type { ErrorData } from '@extism-ws/protocol'
import type { MessagePort } from 'node:worker_threads'

import type { GuestLimits } from '../guest/attach.js'
import type { EntryEnd } from '../guest/instance.js'
import type { ExtismRequest, ExtismResponse } from '../http/extism.js'
import type { SdkSettings } from '../module/instantiate.js'
import type { SharedMemory } from './shared.js'

/** What a thread begins with. */
export interface ProgramData {
  readonly port: MessagePort
  readonly memory: SharedMemory
  /** How the thread imports the SDK; undefined for the one that is installed. */
  readonly sdk: string | undefined
}

/** The plugin that a thread is for. */
export interface PluginData {
  readonly sdkSettings: SdkSettings
  readonly main: string
  readonly limits: GuestLimits
  /** See socket-table.ts. */
  readonly sockets: Int32Array<SharedArrayBuffer>
  /** Names of the integrator's functions, by namespace. */
  readonly functions: readonly (readonly [space: string, names: readonly string[]])[]
  readonly variables: ReadonlyMap<string, Uint8Array>
  /** Whether `ws_progress` matters. */
  readonly reports: boolean
  /** Whether more may be fetched than the guest asked for. */
  readonly prefetches: boolean
}

/** From the main thread. */
export type Command =
  | { readonly type: 'start'; readonly plugin: PluginData }
  | {
      readonly type: 'call'
      readonly name: string
      readonly input: string | Uint8Array | undefined
    }
  | {
      readonly type: 'dispatch'
      readonly records: Uint8Array | undefined
      /** Bytes of events in the mailbox. */
      readonly events: number
      /** Whether these are all that waited. */
      readonly complete: boolean
    }
  | { readonly type: 'close' }
  | { readonly type: 'answer'; readonly answer: Answer }

/** The answer to a request, where a number does not say it all. */
export type Answer =
  | { readonly error: ErrorData }
  /** Text: `ws_info`. */
  | { readonly text: string }
  /** Events that do not fit into the mailbox. */
  | { readonly block: Uint8Array; readonly length: number }
  /** Of an integrator's function. */
  | FunctionAnswer
  | { readonly response: ExtismResponse }

export interface FunctionAnswer {
  readonly value: number | bigint | undefined
  /** The block to be returned instead of a value. */
  readonly stored: Uint8Array | undefined
  /** Blocks that it wrote into, by offset. */
  readonly changed: readonly (readonly [bigint, Uint8Array])[]
  /** Variables that it set; undefined for what it deleted. */
  readonly variables: ReadonlyMap<string, Uint8Array | undefined>
}

/** What the plugin's thread asks for, and waits for. */
export type Request =
  | { readonly op: 'connect'; readonly request: Uint8Array }
  | {
      readonly op: 'send'
      readonly socket: number
      readonly kind: number
      readonly data: Uint8Array
    }
  | {
      readonly op: 'close'
      readonly socket: number
      readonly code: number
      readonly reason: Uint8Array
    }
  | { readonly op: 'pause'; readonly socket: number; readonly paused: boolean }
  /** The guest has no memory for the next event. */
  | { readonly op: 'refuse' }
  | { readonly op: 'save'; readonly socket: number; readonly bytes: Uint8Array }
  | { readonly op: 'info'; readonly socket: number }
  | {
      readonly op: 'fetch'
      /** Undefined for all. */
      readonly socket: number | undefined
      readonly timeoutMs: number
      /** What the guest's block holds, in bytes. */
      readonly capacity: number
    }
  | { readonly op: 'http'; readonly request: ExtismRequest }
  | {
      readonly op: 'function'
      readonly space: string
      readonly name: string
      readonly args: readonly (number | bigint)[]
      /** The blocks that its arguments name. */
      readonly blocks: ReadonlyMap<bigint, Uint8Array>
    }

/** To the main thread. `null`: the ring holds something. */
export type Notice =
  | null
  /** From here on it is the module's time: what a start function takes. */
  | { readonly type: 'starting' }
  | { readonly type: 'ready' }
  | { readonly type: 'refused'; readonly error: ErrorData }
  | { readonly type: 'request'; readonly number: number; readonly request: Request }
  | {
      readonly type: 'end'
      readonly end: EntryEnd | undefined
      /** Whether the guest left events that were fetched ahead. */
      readonly left: boolean
    }
  | { readonly type: 'lost'; readonly error: ErrorData }
  | {
      readonly type: 'log'
      readonly level: 'debug' | 'info' | 'warn' | 'error'
      readonly text: string
    }
  | { readonly type: 'variable'; readonly key: string; readonly value: Uint8Array | undefined }
