// All mutable state of the glue. Globals are part of the snapshot: each is exported under its name.

import { JSValue, JS_UNDEFINED } from "./quickjs"

/** QuickJS's JSContext. */
export let context: usize = 0
/** 256 bytes: the first 128 for out-parameters, the rest for entry.ts. */
export let scratch: usize = 0
/** The object whose properties are the native functions; the prelude takes it and deletes it. */
export let natives: JSValue = JS_UNDEFINED

/** Where QuickJS's heap begins. */
export let heapStart: usize = 0

/** The prelude's functions, set by `native.enter(...)`. */
export let onCall: JSValue = JS_UNDEFINED
export let onDispatch: JSValue = JS_UNDEFINED
export let onPending: JSValue = JS_UNDEFINED
export let onInterrupted: JSValue = JS_UNDEFINED
export let onRejection: JSValue = JS_UNDEFINED
export let onDescribe: JSValue = JS_UNDEFINED

/** 1 until the first entry of an instance, which reseeds what must differ between instances. */
export let fresh: i32 = 1
/** Monotonic time of the instance's first entry in nanoseconds; 0 while the plugin is built. */
export let started: u64 = 0
/** State of `Math.random`, xorshift64*. */
export let seed: u64 = 0x2545f4914f6cdd1d
/** 1 once a host has attached itself. */
export let attached: i32 = 0
/** Longest time of one entry in nanoseconds; 0 for no limit. */
export let timeLimit: u64 = 0
/** Monotonic time at which the running entry is interrupted; 0 for never. */
export let interruptAt: u64 = 0
/** The clock that `interruptAt` is of: the monotonic one, except while a plugin is built. */
export let limitClock: i32 = 1
/** 1 when the running entry has been interrupted. */
export let timedOut: i32 = 0

/** 1 when a promise job was cut off by an interrupt: the promise it would have settled never will be. */
export let lostJob: i32 = 0

/** Slot of `ews_resizeBlock`, which QuickJS calls for a block that a message has taken over. */
export let resizeBlockSlot: i32 = 0

/**
 * The block that events are drained into, 0 for none, how large it is or is to be, and what of it is not
 * delivered yet. Of QuickJS's own memory: messages may take it over.
 */
export let inbox: usize = 0
export let inboxCapacity: u32 = 0
export let inboxAt: u32 = 0
export let inboxEnd: u32 = 0

/** Table slots of the host functions by which events are drained and followed; 0 before there are sockets. */
export let pollSlot: i32 = 0
export let progressSlot: i32 = 0
/** Those by which a message, and many, are handed over, and by which the host is asked how many bytes it takes. */
export let sendOneSlot: i32 = 0
export let sendManySlot: i32 = 0
export let roomSlot: i32 = 0
/** Takes events that have no target. */
export let onEvent: JSValue = JS_UNDEFINED
/** Is told of what a target threw. */
export let onThrown: JSValue = JS_UNDEFINED
/** 1 when a dispatch must not poll before the loop does. */
export let pollsByHand: i32 = 0
/** 1 when the host follows how far the guest is with its events: the plugin can be built anew. */
export let tracked: i32 = 0

/** 1 when Extism memory was used since the entry began, which only Extism's own calls take back. */
export let blocksUsed: i32 = 0
/** What cut off a delivery; the next dispatch begins with it. */
export let cutOffBy: JSValue = JS_UNDEFINED

/** The table of targets.ts; 0 for none. */
export let targets: usize = 0

/** The table of outbox.ts, of objects that send; 0 for none. */
export let senders: usize = 0
/** Where the host finds what was sent and not handed over; 0 when it does not look there. */
export let unsent: usize = 0
/** Slots of `ews_send`, `ews_data` and `ews_next`, which QuickJS calls. */
export let sendSlot: i32 = 0
export let dataSlot: i32 = 0
export let nextSlot: i32 = 0

/** Monotonic milliseconds at which the loop wants to run: 0 for at once, infinite for never. */
export let wakeAt: f64 = 0
/** 1 when it has come to be earlier since the entry began. */
export let woken: i32 = 0

/** Arguments of the running entry, in 8-byte cells, where an export takes any; its result goes to the first. */
export let cells: usize = 0
export let cellCount: i32 = 0

/** Records that the host put into the guest's memory, for the next dispatch; 0 for none. */
export let pushed: usize = 0
export let pushedLength: u32 = 0

/** What the host function that runs failed with, as JSON; 0 for none. */
export let failure: usize = 0
export let failureLength: u32 = 0

export function setContext(value: usize): void { context = value }
export function setScratch(value: usize): void { scratch = value }
export function setNatives(value: JSValue): void { natives = value }
export function setHandlers(call: JSValue, dispatch: JSValue, pending: JSValue, interrupted: JSValue, rejection: JSValue, describe: JSValue): void {
  onCall = call
  onDispatch = dispatch
  onPending = pending
  onInterrupted = interrupted
  onRejection = rejection
  onDescribe = describe
}
export function setFresh(value: i32): void { fresh = value }
export function setHeapStart(value: usize): void { heapStart = value }
export function setStarted(value: u64): void { started = value }
export function setCells(pointer: usize, count: i32): void {
  cells = pointer
  cellCount = count
}
export function setPushed(pointer: usize, length: u32): void {
  pushed = pointer
  pushedLength = length
}
export function setFailure(pointer: usize, length: u32): void {
  failure = pointer
  failureLength = length
}
export function setSeed(value: u64): void { seed = value }
export function setAttached(value: i32): void { attached = value }
export function setTimeLimit(value: u64): void { timeLimit = value }
export function setInterruptAt(value: u64): void { interruptAt = value }
export function setLimitClock(value: i32): void { limitClock = value }
export function setTimedOut(value: i32): void { timedOut = value }
export function setLostJob(value: i32): void { lostJob = value }
export function setInbox(pointer: usize, capacity: u32): void {
  inbox = pointer
  inboxCapacity = capacity
}
export function setInboxRange(at: u32, end: u32): void {
  inboxAt = at
  inboxEnd = end
}
export function setSendSlots(sendOne: i32, sendMany: i32, room: i32): void {
  sendOneSlot = sendOne
  sendManySlot = sendMany
  roomSlot = room
}
export function setListener(poll: i32, progress: i32, event: JSValue, thrown: JSValue): void {
  pollSlot = poll
  progressSlot = progress
  onEvent = event
  onThrown = thrown
}
export function setCallbacks(resizeBlock: i32, send: i32, data: i32, next: i32): void {
  resizeBlockSlot = resizeBlock
  sendSlot = send
  dataSlot = data
  nextSlot = next
}
export function setPollsByHand(value: i32): void { pollsByHand = value }
export function setTracked(value: i32): void { tracked = value }
export function setTargets(table: usize): void { targets = table }
export function setSenders(table: usize): void { senders = table }
export function setUnsent(pointer: usize): void { unsent = pointer }
export function setBlocksUsed(value: i32): void { blocksUsed = value }
export function setCutOffBy(value: JSValue): void { cutOffBy = value }
export function setWakeAt(value: f64): void { wakeAt = value }
export function setWoken(value: i32): void { woken = value }
