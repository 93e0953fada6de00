// WebSockets for plugins in AssemblyScript, over the portable layer of the ABI. Copy this file.
import { Memory } from '@extism/as-pdk'

@external('extism:host/user', 'ws_connect')
declare function ws_connect(request: u64): i32
@external('extism:host/user', 'ws_send')
declare function ws_send(socket: i32, kind: i32, data: u64, length: i32): i32
@external('extism:host/user', 'ws_receive')
declare function ws_receive(socket: i32, timeoutMs: i32, block: u64, capacity: i32): i32
@external('extism:host/user', 'ws_close')
declare function ws_close(socket: i32, code: i32, reason: u64): i32
@external('extism:host/user', 'ws_error')
declare function ws_error(): u64
@external('extism:host/env', 'length')
declare function blockLength(offset: u64): u64

/** The `kind` of a message. */
export enum Kind {
  Text = 1,
  Binary = 2,
}

/** What happened to a socket. Later versions of the ABI may add types: skip what you do not know. */
export enum EventType {
  Open = 1,
  Message = 2,
  Close = 3,
  Error = 4,
  Drain = 5,
}

/** The event does not fit. Of the negative numbers the only one on which this file acts. */
const tooSmall = -11
const headerBytes = 16
const firstCapacity = 4096
/** No limit of ours: the host cuts a connection that the server does not close in time. */
const untilItComes = -1

/** The host's last failure as JSON: `code`, `name`, `message`. Read it right after a negative result. */
export function lastFailure(): string {
  const offset = ws_error()
  if (offset == 0) return '{}'
  const block = new Memory(offset, blockLength(offset))
  const text = block.toString()
  block.free()
  return text
}

/**
 * A socket and its two blocks, one for each direction, which are used again for every message: the
 * memory that Extism gives out has few blocks. They last until the call of the host returns; a socket
 * that is used in several calls needs new blocks in each.
 */
export class Socket {
  /** Negative when there is no connection: then it is the number of the failure. */
  readonly id: i32
  private outgoing: Memory = Memory.allocate(firstCapacity)
  private incoming: Memory = Memory.allocate(firstCapacity)
  private header: Uint8Array = new Uint8Array(headerBytes)

  /** Connects. A host that can wait answers when the connection is open, and no open event follows. */
  constructor(url: string) {
    const request = Memory.allocateString(url)
    this.id = ws_connect(request.offset)
    request.free()
  }

  /** Sends a text. Returns 0, or the negative number of a failure. */
  sendText(text: string): i32 {
    return this.send(Kind.Text, Uint8Array.wrap(String.UTF8.encode(text)))
  }

  /** Sends a message. Returns 0, or the negative number of a failure. */
  send(kind: Kind, bytes: Uint8Array): i32 {
    // Of a part of another array, as-pdk 1.0.0 would store what that one begins with.
    if (bytes.byteOffset > 0) bytes = bytes.slice()
    if (<u64>bytes.length > this.outgoing.length) {
      this.outgoing.free()
      this.outgoing = Memory.allocate(bytes.length)
    }
    this.outgoing.store(bytes)
    return ws_send(this.id, kind, this.outgoing.offset, bytes.length)
  }

  /**
   * Waits for the next event, so many milliseconds or, with -1, without limit.
   *
   * @returns its size, 0 when none came in time, or the negative number of a failure.
   */
  receive(timeoutMs: i32): i32 {
    let size = this.receiveHere(timeoutMs)
    // The event stays in the host until it fits.
    while (size == tooSmall) {
      this.incoming.free()
      this.incoming = Memory.allocate(this.incoming.length * 2)
      size = this.receiveHere(timeoutMs)
    }
    if (size > 0) this.incoming.load(this.header)
    return size
  }

  /** Type of the event that was received last. */
  get type(): EventType {
    return this.header[4]
  }

  /** Kind of a message, code of a close. */
  get code(): i32 {
    return load<u16>(this.header.dataStart + 6)
  }

  /** What the event carries: a message, or the reason of a close. */
  get payload(): Uint8Array {
    const length = load<u32>(this.header.dataStart + 12)
    return new Memory(this.incoming.offset + headerBytes, length).toUint8Array()
  }

  get text(): string {
    return String.UTF8.decode(this.payload.buffer)
  }

  /**
   * Closes the connection, and waits for its end: a socket counts as one of those that the plugin may have
   * until its close event was fetched. What still arrives is dropped.
   */
  close(code: i32 = 1000): void {
    if (ws_close(this.id, code, 0) < 0) return
    while (this.receive(untilItComes) > 0 && this.type != EventType.Close);
  }

  private receiveHere(timeoutMs: i32): i32 {
    const block = this.incoming
    return ws_receive(this.id, timeoutMs, block.offset, <i32>block.length)
  }
}
