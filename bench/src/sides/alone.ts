import {
  Feature,
  RecordType,
  encodeRecords,
  Opcode,
  recordHeaderBytes,
  type RawRecord,
} from '@extism-ws/protocol'

type Imports = Record<string, Record<string, (...args: never[]) => number | bigint>>

const socket = 1
/** Of a guest's block for events. */
const blockBytes = 65_536

/**
 * A plugin without a host: its host functions do next to nothing, so that what is measured is the guest's own. Events
 * are records that were written before.
 */
export class AloneGuest {
  readonly #instance: WebAssembly.Instance
  readonly #queue: Uint8Array[] = []
  /** Called with what the plugin sends, as records, which are valid as long as that. */
  onSend: (records: Uint8Array) => void = () => {}

  constructor(module: WebAssembly.Module) {
    const imports: Imports = {}
    for (const { module: from, name } of WebAssembly.Module.imports(module)) {
      ;(imports[from] ??= {})[name] = this.#functions[name] ?? ((): number | bigint => big(name))
    }
    this.#instance = new WebAssembly.Instance(module, imports)
    this.#call('__ews_attach', Feature.direct | Feature.outbox, 60_000, 49_152, 0)
    this.#call('__ews_unsent')
  }

  /** Calls an export, and runs what it has left to do. */
  enter(name: string): void {
    this.#call(name)
    while (this.#call('__ews_deadline') === 0) this.#call('__ews_dispatch')
  }

  /** The socket that the plugin has asked for is open. */
  open(): void {
    const about = { url: 'ws://localhost:1/', protocol: '', extensions: '' }
    this.deliver(recordsOf(1, RecordType.open, Buffer.from(JSON.stringify(about))))
  }

  /** As the host does when events have come. */
  deliver(block: Uint8Array): void {
    this.#queue.push(block)
    if (this.#call('__ews_deliver') !== 0) this.#call('__ews_dispatch')
    this.#call('__ews_deadline')
  }

  #call(name: string, ...args: number[]): number {
    const run = this.#instance.exports[name] as (...all: number[]) => number
    return run(...args)
  }

  get #memory(): ArrayBuffer {
    return (this.#instance.exports['memory'] as WebAssembly.Memory).buffer
  }

  readonly #functions: Imports[string] = {
    // A block, into which nothing is written: what calls come to is not read.
    alloc: () => 8n,
    ws_direct_connect: () => socket,
    ws_direct_room: () => 2 ** 30,
    ws_direct_send_many: (at: number, length: number) => {
      this.onSend(new Uint8Array(this.#memory, at, length))
      return 1
    },
    ws_direct_poll: (_timeout: number, to: number) => {
      const block = this.#queue.shift()
      if (block === undefined) return 0
      new Uint8Array(this.#memory).set(block, to)
      return block.length
    },
    clock_time_get: (_clock: number, _precision: bigint, to: number) => {
      const nanoseconds = performance.now() * 1e6
      const view = new DataView(this.#memory)
      view.setUint32(to, nanoseconds % 2 ** 32, true)
      view.setUint32(to + 4, nanoseconds / 2 ** 32, true)
      return 0
    },
  }
}

/** A message as a record, and the place of its payload there. */
export function messageBlock(size: number): { block: Uint8Array; payload: Uint8Array } {
  const block = recordsOf(1, RecordType.message, new Uint8Array(size))
  return { block, payload: block.subarray(recordHeaderBytes, recordHeaderBytes + size) }
}

/** As many binary messages of this size as a block holds, up to `most`. */
export function messages(size: number, most: number): { block: Uint8Array; count: number } {
  const payload = Buffer.alloc(size, 'x')
  const each = recordsOf(1, RecordType.message, payload).length
  const count = Math.max(1, Math.min(most, Math.floor(blockBytes / each)))
  return { block: recordsOf(count, RecordType.message, payload), count }
}

function recordsOf(count: number, type: number, payload: Uint8Array): Uint8Array {
  const code = type === RecordType.message ? Opcode.binary : 0
  const record: RawRecord = { type, flags: 0, code, id: socket, payload }
  return encodeRecords(Array.from({ length: count }, () => record))
}

/** Extism's functions that answer an i64; everything else here answers an i32, or nothing. */
function big(name: string): number | bigint {
  return /^(length|(input_)?load_u64|input_(length|offset)|(config|var)_get)$/.test(name) ? 0n : 0
}
