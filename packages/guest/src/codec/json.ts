import { codec, type Codec } from './codec.js'
import { textOf } from './message.js'

/**
 * Values as JSON in text messages; binary ones are read too, as UTF-8. `In` is a claim, not a check, which a
 * schema can make one. Whatever is nested too deep for the engine is undecodable.
 */
export function json<In = unknown, Out = In>(): Codec<In, Out> {
  return codec<In, Out>({
    name: 'json',
    encode(value) {
      // As for a function, and unlike what its types say.
      const text: string | undefined = JSON.stringify(value)
      if (text === undefined) throw new TypeError(`JSON has no text for a value of ${typeof value}`)
      return text
    },
    decode: (message) => JSON.parse(textOf(message)) as In,
  })
}
