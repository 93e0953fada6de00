// The way of messages out of the author's code: kept as records in a block of guest memory, and handed to the host
// with one call, at the latest when the entry ends.

import { arg, isObject, isString, JS_Call, JS_DupValue, JS_FreeCString, JS_FreeValue, JS_GetArrayBuffer, JS_GetException, JS_GetTypedArrayType, JS_GetUint8Array, JS_IsArrayBuffer, JS_NewCFunctionData, JS_ToCStringLen2, JS_UNDEFINED, JSValue, malloc } from "./quickjs"
import { attached, context, roomSlot, scratch, sendManySlot, sendOneSlot, senders, sendSlot, setSenders, setSendSlots, setUnsent, unsent } from "./state"
import { entryOf, makeEntry, newTable, removeEntry } from "./table"
import { replaceSurrogates } from "./utf8"

/** Bit of `__ews_attach`: the host takes over what an instance that is lost has not handed to it. */
const FEATURE_OUTBOX = 4
const RECORD_HEADER: u32 = 16
const RECORD_MESSAGE: u32 = 2
const OPCODE_TEXT: u16 = 1
const OPCODE_BINARY: u16 = 2
const TYPE_UINT8 = 2
const CAPACITY: u32 = 65536
/** Larger messages are not copied: the host takes them from where they are. */
const LARGEST: u32 = 16384
/** What a frame may add to a message (RFC 6455 §5.2): it takes room as well. */
const FRAME_HEADER: u32 = 14

// An object that sends, as a table has it: its address, its socket, and how many bytes the host takes within a turn.
const SOCKET: usize = 4
const TURN: usize = 8
const ROOM: usize = 12

/** Counts entries, and waits within them: what the host has said it takes holds until the next one. */
let turn: u32 = 1

/** Two numbers for the host: where the block is, and how many bytes of it are records. 0 for no memory. */
export function __ews_unsent(): usize {
  if (!unsent) setUnsent(malloc(8))
  if (unsent) store<u64>(unsent, 0)
  return unsent
}

/** The host may have sent, or lost its connection, since it said how much it takes. */
@inline export function nextTurn(): void {
  turn++
}

/** Hands over what is kept. */
export function handOver(): void {
  if (!unsent) return
  const length = load<u32>(unsent, 4)
  if (length == 0) return
  const cells = scratch + 16
  store<u32>(cells, load<u32>(unsent))
  store<u32>(cells + 8, length)
  // Before the call: what the host has seen must not be taken for unsent.
  store<u32>(unsent, 0, 4)
  call_indirect<void>(sendManySlot, cells)
}

/** The same before a call of the host that may wait, or must find everything sent. */
export function handOverFirst(): void {
  handOver()
  turn++
}

/** sending(slow): a method `send` that keeps messages of objects known to `sender`, and leaves the rest to `slow`. */
export function js_sending(c: usize, self: JSValue, argc: i32, argv: usize): JSValue {
  return JS_NewCFunctionData(c, sendSlot, 1, 0, 1, argv)
}

/**
 * sender(object, socket, send, sendMany, room): the object sends on that socket, by the host functions of these slots; on
 * none, for 0.
 */
export function js_sender(c: usize, self: JSValue, argc: i32, argv: usize): JSValue {
  const object = arg(argc, argv, 0)
  const socket = <u32>arg(argc, argv, 1)
  const known = entryOf(senders, <u32>object)
  if (socket == 0) {
    if (known) {
      removeEntry(senders, known)
      JS_FreeValue(c, object)
    }
    return JS_UNDEFINED
  }
  // A host without it is asked for each message.
  if (!unsent || !(attached & FEATURE_OUTBOX)) return JS_UNDEFINED
  setSendSlots(<i32>arg(argc, argv, 2), <i32>arg(argc, argv, 3), <i32>arg(argc, argv, 4))
  if (!senders) setSenders(newTable())
  const entry = known || !senders ? known : makeEntry(senders, <u32>object)
  if (!entry) return JS_UNDEFINED
  // Its address is the key: it stays as long as that.
  if (!known) JS_DupValue(c, object)
  store<u32>(entry, socket, SOCKET)
  store<u32>(entry, 0, TURN)
  return JS_UNDEFINED
}

/** The method that `sending` makes. */
export function ews_send(c: usize, self: JSValue, argc: i32, argv: usize, magic: i32, data: usize): JSValue {
  const sender = isObject(self) && argc > 0 ? entryOf(senders, <u32>self) : 0
  if (sender && keep(sender, load<i64>(argv))) return JS_UNDEFINED
  return JS_Call(c, load<i64>(data), self, argc, argv)
}

/** False for what must go another way. */
function keep(sender: usize, value: JSValue): bool {
  if (isString(value)) {
    const text = JS_ToCStringLen2(context, scratch, value, 0)
    if (!text) return withoutException()
    const length = load<u32>(scratch)
    replaceSurrogates(text, length)
    const taken = take(sender, OPCODE_TEXT, text, length)
    JS_FreeCString(context, text)
    return taken
  }
  let bytes: usize = 0
  if (JS_GetTypedArrayType(value) == TYPE_UINT8) bytes = JS_GetUint8Array(context, scratch, value)
  else if (JS_IsArrayBuffer(value)) bytes = JS_GetArrayBuffer(context, scratch, value)
  else return false
  // Empty, or detached.
  if (!bytes) return withoutException()
  return take(sender, OPCODE_BINARY, bytes, load<u32>(scratch))
}

function withoutException(): bool {
  JS_FreeValue(context, JS_GetException(context))
  return false
}

/** Keeps a message that the host takes for certain, or hands it over when it is large. */
function take(sender: usize, opcode: u16, bytes: usize, length: u32): bool {
  if (load<u32>(sender, TURN) != turn) askRoom(sender)
  const room = load<u32>(sender, ROOM)
  if (length + FRAME_HEADER > room) return false
  const isKept = length <= LARGEST && makePlace(sizeOf(length))
  if (isKept) write(sender, opcode, bytes, length)
  else if (!sendNow(sender, opcode, bytes, length)) return false
  store<u32>(sender, room - length - FRAME_HEADER, ROOM)
  return true
}

function askRoom(sender: usize): void {
  const cells = scratch + 16
  store<u32>(cells, load<u32>(sender, SOCKET))
  call_indirect<void>(roomSlot, cells)
  const room = load<i32>(cells)
  store<i32>(sender, room > 0 ? room : 0, ROOM)
  store<u32>(sender, turn, TURN)
}

/** A place behind what is kept; false when there is no memory. */
function makePlace(size: u32): bool {
  if (!load<u32>(unsent)) store<u32>(unsent, <u32>malloc(CAPACITY))
  if (!load<u32>(unsent)) return false
  if (load<u32>(unsent, 4) + size > CAPACITY) handOver()
  return true
}

/** The host takes it from where it is, which saves a copy. */
function sendNow(sender: usize, opcode: u16, bytes: usize, length: u32): bool {
  handOver()
  const cells = scratch + 16
  store<u32>(cells, load<u32>(sender, SOCKET))
  store<u32>(cells, opcode, 8)
  store<u32>(cells, <u32>bytes, 16)
  store<u32>(cells, length, 24)
  call_indirect<void>(sendOneSlot, cells)
  return load<i32>(cells) == 0
}

@inline function sizeOf(length: u32): u32 {
  return (RECORD_HEADER + length + 7) & ~7
}

function write(sender: usize, opcode: u16, bytes: usize, length: u32): void {
  const used = load<u32>(unsent, 4)
  const record = load<u32>(unsent) + used
  const size = sizeOf(length)
  // The padding.
  store<u64>(record + size - 8, 0)
  store<u32>(record, size)
  store<u32>(record, RECORD_MESSAGE | (<u32>opcode << 16), 4)
  store<u32>(record, load<u32>(sender, SOCKET), 8)
  store<u32>(record, length, 12)
  memory.copy(record + RECORD_HEADER, bytes, length)
  store<u32>(unsent, used + size, 4)
}
