import {
  directFunctions,
  errorData,
  EwsError,
  Feature,
  namespace,
  portableFunctions,
  type GuestExport,
} from '@extism-ws/protocol'

import type { BlockPool } from '../bridge/block-pool.js'
import type { GuestMemory } from '../bridge/direct.js'
import type { EntryExports } from '../bridge/entry-exports.js'
import type { RawPlugin } from '../bridge/sdk.js'
import { extismHttpNamespace } from '../module/extism-http.js'
import { extismNamespace } from '../module/prepare.js'
import { wasiNamespace } from '../module/wasi.js'
import { attach, type AttachExports, type GuestLimits } from './attach.js'
import type { EntryEnd, Instance } from './instance.js'
import { trapped } from './trap.js'

const reported = 'Plugin-originated error: '

/** Where the host functions of an instance find it. */
export interface InstanceParts {
  readonly memory: GuestMemory
  readonly entry: EntryExports
  readonly blocks: BlockPool
  readonly limits: GuestLimits
  /** Whether host functions may suspend the guest, as in `jspi` mode. */
  readonly suspends: boolean
  /** What the host offers beyond: bits of `Feature`. */
  readonly features: number
  /** Sends what an instance that is lost had kept, as records; without it each message is handed over at once. */
  readonly takeUnsent?: (block: Uint8Array) => unknown
}

/** A plugin of the SDK on this thread. */
export class LocalInstance implements Instance {
  readonly exports: WebAssembly.ModuleExportDescriptor[]
  readonly imports: WebAssembly.ModuleImportDescriptor[]
  readonly wasm: WebAssembly.Instance
  readonly takesRecords: boolean
  /** Nothing ends an instance here while nobody is inside. */
  onLost: (why: unknown) => void = () => {}
  readonly #raw: RawPlugin
  readonly #parts: InstanceParts
  readonly #attached: AttachExports | undefined
  /** Whether it can be entered without the SDK, which nothing of the plugin's notices. */
  readonly #delivers: boolean
  /** Where the guest names what it has sent and not handed over; 0 for nowhere. */
  #unsent = 0

  private constructor(
    raw: RawPlugin,
    wasm: WebAssembly.Instance,
    module: Pick<Instance, 'exports' | 'imports'>,
    parts: InstanceParts,
  ) {
    this.#raw = raw
    this.wasm = wasm
    this.exports = module.exports
    this.imports = module.imports
    this.#parts = parts
    const has = (name: GuestExport): boolean =>
      this.exports.some((each) => each.kind === 'function' && each.name === name)
    const attached = has('__ews_attach')
    this.#attached = attached ? (wasm.exports as unknown as AttachExports) : undefined
    this.#delivers =
      attached && has('__ews_deliver') && !parts.suspends && this.imports.every(isOurs)
    this.takesRecords = attached && has('__ews_reserve')
  }

  /**
   * Takes a plugin over, and attaches this host when the plugin knows how.
   *
   * @param module SDK 1 only: the name of the main module. Default: the first.
   * @throws {EwsError} `EWS_UNSUPPORTED` when it speaks another version of the ABI.
   */
  static async take(
    raw: RawPlugin,
    module: string | undefined,
    parts: InstanceParts,
  ): Promise<LocalInstance> {
    const wasm = await raw.getInstance(module)
    const exports = await raw.getExports(module)
    const imports = await raw.getImports(module)
    const instance = new LocalInstance(raw, wasm, { exports, imports }, parts)
    const { limits, memory, entry, takeUnsent } = parts
    const features = parts.features | (takeUnsent === undefined ? 0 : Feature.outbox)
    const exported = wasm.exports['memory']
    if (exported instanceof WebAssembly.Memory) memory.set(exported)
    if (instance.#attached !== undefined) {
      attach(instance.#attached, limits, features)
      const { __ews_unsent: unsent } = instance.#attached
      if (typeof unsent === 'function') instance.#unsent = readExport('__ews_unsent', unsent) >>> 0
      entry.set(wasm.exports)
    }
    return instance
  }

  get hasLoop(): boolean {
    return this.#attached !== undefined
  }

  async call(name: string, input?: string | Uint8Array, hostContext?: unknown): Promise<EntryEnd> {
    let output: Uint8Array | null = null
    let failure: string | undefined
    try {
      // SDK 1.0.3 never recycles its blocks by itself.
      await this.#raw.reset()
      this.#parts.blocks.clear()
      output = (await this.#raw.call(name, exactCopy(input), hostContext))?.bytes() ?? null
    } catch (error) {
      failure = reportOf(error)
      if (failure === undefined) {
        this.#takeUnsent()
        throw trapped(error, name)
      }
    }
    const unheard = this.#parts.entry.takeFailure()
    failure ??= unheard === undefined ? undefined : JSON.stringify(errorData(unheard))
    return { output, failure, pending: this.#pending(), deadline: this.#deadline() }
  }

  deliver(): EntryEnd | undefined {
    if (!this.#delivers) return undefined
    let more: number
    try {
      more = readExport('__ews_deliver', () => this.#attached?.__ews_deliver?.() ?? 1)
    } catch (error) {
      this.#takeUnsent()
      throw error
    }
    if (more !== 0) return undefined
    return { output: null, failure: undefined, pending: 0, deadline: this.#deadline() }
  }

  async dispatch(records: Uint8Array | undefined): Promise<EntryEnd | undefined> {
    if (records !== undefined && !this.#write(records)) return undefined
    return this.call('__ews_dispatch')
  }

  async close(): Promise<void> {
    await this.#raw.close()
  }

  /** False when the guest has no memory for it. */
  #write(block: Uint8Array): boolean {
    const reserve = (): number => this.#attached?.__ews_reserve?.(block.length) ?? 0
    const pointer = readExport('__ews_reserve', reserve) >>> 0
    if (pointer === 0) return false
    try {
      this.#parts.memory.view(pointer, block.length).set(block)
    } catch (cause) {
      const message = `the plugin's __ews_reserve answered a block that is not in its memory (${pointer}, ${block.length} bytes)`
      throw new EwsError('EWS_INTERNAL', message, { cause })
    }
    return true
  }

  /** The instance is lost: what it has sent goes out as if it had handed it over. */
  #takeUnsent(): void {
    if (this.#unsent === 0) return
    const { memory, takeUnsent } = this.#parts
    try {
      const { data } = memory
      const block = data.getUint32(this.#unsent, true)
      takeUnsent?.(memory.view(block, data.getUint32(this.#unsent + 4, true)))
    } catch {
      // What it says is wrong, or its socket has ended: these messages are lost with it.
    }
  }

  #pending(): number {
    const id = readExport('__ews_pending', () => this.#attached?.__ews_pending() ?? 0)
    return Number.isInteger(id) && id > 0 ? id : 0
  }

  #deadline(): number {
    const read = (): number => this.#attached?.__ews_deadline() ?? Infinity
    const deadline = readExport('__ews_deadline', read)
    return deadline >= 0 ? deadline : Infinity
  }
}

const systemNamespaces = new Set([
  extismNamespace,
  extismHttpNamespace,
  wasiNamespace,
  'wasi_snapshot_preview1',
])

/** Whether an import is no function of the integrator's, to whom the SDK tells which call it is. */
function isOurs({ module, name }: WebAssembly.ModuleImportDescriptor): boolean {
  if (systemNamespaces.has(module)) return true
  return module === namespace && (name in directFunctions || name in portableFunctions)
}

/** A module of another maker may have given the export any type: NaN for what is no number. */
function readExport(name: GuestExport, read: () => number): number {
  try {
    return Number(read())
  } catch (error) {
    throw trapped(error, name)
  }
}

/**
 * What Extism reported; undefined for anything else, which left Wasm without a return: a trap, a stack overflow. The
 * guest's stack pointer was not restored then, and its heap may be half changed.
 */
function reportOf(error: unknown): string | undefined {
  const message = error instanceof Error ? error.message : String(error)
  return message.startsWith(reported) ? message.slice(reported.length) : undefined
}

/** SDK 1.0.3 passes the whole buffer of a view; both alias an input that spans its buffer. */
function exactCopy(input: string | Uint8Array | undefined): string | Uint8Array | undefined {
  return input instanceof Uint8Array ? new Uint8Array(input) : input
}
