import {
  create,
  fromBinary,
  toBinary,
  type DescMessage,
  type MessageInitShape,
  type MessageShape,
} from '@bufbuild/protobuf'

import { codec, type Codec } from './codec.js'
import { binaryOf } from './message.js'

/**
 * Protobuf messages of one type in binary messages, by `@bufbuild/protobuf`, which the plugin's project has to
 * have. What is sent may leave fields out. Text is undecodable, and what is truncated or nested too deep.
 *
 * @param schema of the message, as `protoc-gen-es` generates it.
 */
export function protobuf<Type extends DescMessage>(
  schema: Type,
): Codec<MessageShape<Type>, MessageInitShape<Type>> {
  return codec<MessageShape<Type>, MessageInitShape<Type>>({
    name: 'protobuf',
    encode: (value) => toBinary(schema, create(schema, value)),
    decode: (message) => fromBinary(schema, binaryOf(message)),
  })
}
