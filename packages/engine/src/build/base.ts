import { decodeModule, encodeModule, keepExports, type ElementItems } from '@extism-ws/wasm'

/** Natives that only the direct layer has a use for. */
export const socketNatives = [
  ...['direct', 'directRead', 'listen', 'poll', 'pollByHand', 'reserve', 'target', 'undelivered'],
  ...['messageData', 'messageKeys', 'sender', 'sending', 'stepping', 'unpack'],
]
/** What they have QuickJS call. */
const socketCallbacks = ['ews_data', 'ews_next', 'ews_resizeBlock', 'ews_send']

/** What a plugin needs of the engine: entries, memory, and the globals that a snapshot fills in. */
const kept = /^(memory|global_\d+|ews_call|ews_cells|__ews_.*)$/
/** The same without what delivers events of sockets. */
const keptWithoutSockets =
  /^(memory|global_\d+|ews_call|ews_cells|__ews_(?!(?:deliver|unsent)$).*)$/

/** The engine without what only the build calls: starting QuickJS and its context, reading and writing bytecode. */
export function trimToBase(engine: Uint8Array): Uint8Array {
  const module = decodeModule(engine)
  keepExports(module, (name) => kept.test(name))
  return encodeModule(module)
}

/**
 * That of plugins without sockets: natives of the direct layer are called by nobody there. Their slots hold
 * a function that does nothing.
 *
 * @param natives their function indices.
 */
export function trimToPlainBase(
  engine: Uint8Array,
  natives: ReadonlyMap<string, number>,
): Uint8Array {
  const module = decodeModule(engine)
  const removed = new Set([...socketNatives, ...socketCallbacks].map((name) => natives.get(name)))
  const replacement = module.exports.find(({ name }) => name === 'ews_nothing')?.index
  if (replacement === undefined || removed.has(undefined)) {
    throw new Error(
      `the glue lacks one of ews_nothing, ${[...socketNatives, ...socketCallbacks].join(', ')}`,
    )
  }
  const without = (items: ElementItems): ElementItems =>
    items.kind === 'functions'
      ? { ...items, indices: items.indices.map((at) => (removed.has(at) ? replacement : at)) }
      : items
  module.elements = module.elements.map((each) => ({ ...each, items: without(each.items) }))
  keepExports(module, (name) => keptWithoutSockets.test(name))
  return encodeModule(module)
}
