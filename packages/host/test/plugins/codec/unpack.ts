import { connect, type PluginCall } from '@extism-ws/guest'
import { msgpack } from '@extism-ws/guest/codec/msgpack'
import { decode } from '@msgpack/msgpack'

interface Engine {
  native: { unpack(bytes: Uint8Array): unknown }
}

const { native } = (globalThis as unknown as Record<symbol, Engine>)[
  Symbol.for('extism-ws.engine')
] as Engine
const codec = msgpack()

/** A value as text, by which values differ that JSON makes the same. */
function text(value: unknown): string {
  if (value instanceof Uint8Array) return `bytes ${Array.from(value).join()}`
  if (value instanceof Date) return `date ${value.getTime()}`
  if (Array.isArray(value)) return `[${value.map(text).join()}]`
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value)
      .map(([key, member]) => `${JSON.stringify(key)}:${text(member)}`)
      .join()}}`
  }
  return Object.is(value, -0)
    ? '-0'
    : typeof value === 'string'
      ? JSON.stringify(value)
      : String(value)
}

function outcome(make: () => unknown): string {
  try {
    return text(make())
  } catch {
    return 'refused'
  }
}

/** The messages of the input, each behind its length. */
function messagesOf(call: PluginCall): Uint8Array[] {
  const input = call.input()
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength)
  const messages: Uint8Array[] = []
  for (let at = 0; at < input.length;) {
    const length = view.getUint32(at)
    messages.push(input.slice(at + 4, at + 4 + length))
    at += 4 + length
  }
  return messages
}

/** For each message: what the package makes of it, what the codec does, and whether that was the engine. */
export function compare(call: PluginCall): unknown {
  return messagesOf(call).map((bytes) => [
    outcome(() => decode(bytes)),
    outcome(() => codec.decode(bytes)),
    native.unpack(bytes) !== undefined,
  ])
}

/** The same without the package. */
export function refuse(call: PluginCall): unknown {
  return messagesOf(call).map((bytes) => [
    outcome(() => codec.decode(bytes)),
    native.unpack(bytes) !== undefined,
  ])
}

/** Natives are in plugins that have sockets. */
export function use(call: PluginCall): unknown {
  return connect(call.inputText(), { codec })
}
