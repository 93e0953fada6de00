import { authorFrames } from '@extism-ws/guest/loop'

const mostBytes = 50

type TypedArray = Exclude<ArrayBufferView, DataView> & ArrayLike<number | bigint>

export function isTypedArray(value: object): value is TypedArray {
  return ArrayBuffer.isView(value) && !(value instanceof DataView)
}

/** Name, message and stack: the engine's stacks have frames only. */
export function inspectError(error: Error): string {
  const text = `${error.name}: ${error.message}`
  return `${error.message === '' ? error.name : text}\n${authorFrames(error.stack ?? '')}`.trimEnd()
}

export function inspectFunction(value: { readonly name: unknown }): string {
  const name = typeof value.name === 'string' && value.name !== '' ? value.name : undefined
  // Only a class has a prototype that cannot be replaced; built-in constructors look the same.
  const isClass = Object.getOwnPropertyDescriptor(value, 'prototype')?.writable === false
  if (isClass) return `[class ${name ?? '(anonymous)'}]`
  return name === undefined ? '[Function (anonymous)]' : `[Function: ${name}]`
}

export function inspectBytes(buffer: ArrayBuffer): string[] {
  const bytes = [...new Uint8Array(buffer, 0, Math.min(mostBytes, buffer.byteLength))]
  const more = buffer.byteLength - bytes.length
  const shown = bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
  const rest = more > 0 ? ` ... ${more} more byte${more > 1 ? 's' : ''}` : ''
  return [`[Uint8Contents]: <${shown}${rest}>`, `byteLength: ${buffer.byteLength}`]
}
