import { decode, encode, type ExtensionCodecType } from '@msgpack/msgpack'

import { findEngine } from '../engine.js'
import { codec, type Codec } from './codec.js'
import { binaryOf } from './message.js'
import { checkNesting } from './msgpack-nesting.js'

export interface MsgpackOptions {
  /** Whether integers of 64 bits are `bigint`s; otherwise those above 2^53 lose digits. Default: false. */
  readonly useBigInt64?: boolean
  /** For types of one's own: an `ExtensionCodec` of the package. Default: timestamps, as `Date`. */
  readonly extensionCodec?: ExtensionCodecType<undefined>
}

/**
 * Values as MessagePack in binary messages, by `@msgpack/msgpack`, which the plugin's project has to have. `In`
 * is a claim, not a check, which a schema can make one. Undecodable are text, what is truncated, what has bytes
 * behind its value, and what is nested deeper than 100.
 */
export function msgpack<In = unknown, Out = In>(options: MsgpackOptions = {}): Codec<In, Out> {
  // The engine knows no bigints, and leaves extensions to the package.
  const native = options.useBigInt64 !== true
  return codec<In, Out>({
    name: 'msgpack',
    encode: (value) => encode(value, options),
    decode(message) {
      const bytes = binaryOf(message)
      const value = native ? findEngine()?.native.unpack?.(bytes) : undefined
      if (value !== undefined) return value as In
      checkNesting(bytes)
      return decode(bytes, options) as In
    },
  })
}
