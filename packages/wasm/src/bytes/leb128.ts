/**
 * Encodes an unsigned integer in as few bytes as possible (core spec §5.2.2, `uN`).
 *
 * @throws RangeError when the value is negative or not an integer.
 */
export function unsignedLeb128(value: number | bigint): number[] {
  let rest = BigInt(value)
  if (rest < 0n) throw new RangeError(`${value} is negative: it has no unsigned encoding`)
  const bytes: number[] = []
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80)
    rest >>= 7n
  }
  bytes.push(Number(rest))
  return bytes
}

/**
 * Encodes a signed integer in as few bytes as possible (core spec §5.2.2, `sN`).
 *
 * @throws RangeError when the value is not an integer.
 */
export function signedLeb128(value: number | bigint): number[] {
  let rest = BigInt(value)
  const bytes: number[] = []
  while (rest < -0x40n || rest > 0x3fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80)
    rest >>= 7n
  }
  bytes.push(Number(rest & 0x7fn))
  return bytes
}
