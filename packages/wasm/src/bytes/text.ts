// A name may start with U+FEFF; without ignoreBOM the decoder would swallow it.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const encoder = new TextEncoder()

/** Decodes a name (core spec §5.2.4), or gives undefined when the bytes are not UTF-8. */
export function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes)
  } catch {
    return undefined
  }
}

export function encodeText(text: string): Uint8Array {
  return encoder.encode(text)
}
