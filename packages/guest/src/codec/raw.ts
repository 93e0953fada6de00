import type { Message } from '../message-target.js'
import { codec, type Codec } from './codec.js'

/** Messages as they are, for a schema to check. */
export const raw: Codec<Message> = codec<Message>({
  name: 'raw',
  encode: (value) => value,
  decode: (message) => message,
})
