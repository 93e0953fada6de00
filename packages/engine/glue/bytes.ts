// What QuickJS and its C library do a byte at a time, eight at a time: src/build/byte-loops.ts puts it there.

/** `memcmp` of C. */
export function ews_memcmp(a: usize, b: usize, length: usize): i32 {
  let at: usize = 0
  while (at + 8 <= length && load<u64>(a + at) == load<u64>(b + at)) at += 8
  for (; at < length; at++) {
    const difference = <i32>load<u8>(a + at) - <i32>load<u8>(b + at)
    if (difference) return difference
  }
  return 0
}

/** `memchr` of C. */
export function ews_memchr(bytes: usize, byte: i32, length: usize): usize {
  const wanted = <u64>(byte & 0xff)
  let at: usize = 0
  for (; at + 8 <= length; at += 8) {
    const different = load<u64>(bytes + at) ^ (wanted * 0x0101010101010101)
    // Whether one of its bytes is 0.
    if ((different - 0x0101010101010101) & ~different & 0x8080808080808080) break
  }
  for (; at < length; at++) if (load<u8>(bytes + at) == wanted) return bytes + at
  return 0
}

/** How many bytes are no ASCII: the highest bit of each. */
export function ews_beyondAscii(bytes: usize, length: usize): i32 {
  let count: u64 = 0
  let at: usize = 0
  for (; at + 8 <= length; at += 8) count += popcnt(load<u64>(bytes + at) & 0x8080808080808080)
  for (; at < length; at++) count += <u64>load<u8>(bytes + at) >> 7
  return <i32>count
}
