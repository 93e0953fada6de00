/** Bytes as lower-case hexadecimal digits: compares and prints well. */
export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

/** Hexadecimal digits without the spaces between them, which are for the reader. */
export function unspaced(hex: string): string {
  const digits = hex.replaceAll(' ', '')
  if (!/^(?:[\da-f]{2})*$/.test(digits)) throw new TypeError(`not hexadecimal: ${hex}`)
  return digits
}

/** The bytes of hexadecimal digits; spaces between them are for the reader. */
export function bytesOfHex(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(unspaced(hex), 'hex'))
}
