// UTF-8 as WHATWG Encoding §8.1.1 decodes it. QuickJS replaces malformed input in another way.

/** Bytes of the well-formed sequence at `at`; or, negative, of the maximal part to be replaced. */
function sequenceAt(at: usize, end: usize): i32 {
  const lead = load<u8>(at)
  if (lead < 0x80) return 1
  let more = 0
  let low: u8 = 0x80
  let high: u8 = 0xbf
  if (lead >= 0xc2 && lead <= 0xdf) more = 1
  else if (lead >= 0xe0 && lead <= 0xef) {
    more = 2
    if (lead == 0xe0) low = 0xa0
    if (lead == 0xed) high = 0x9f
  } else if (lead >= 0xf0 && lead <= 0xf4) {
    more = 3
    if (lead == 0xf0) low = 0x90
    if (lead == 0xf4) high = 0x8f
  } else return -1
  for (let i = 1; i <= more; i++) {
    if (at + i >= end) return -i
    const byte = load<u8>(at + i)
    if (byte < low || byte > high) return -i
    low = 0x80
    high = 0xbf
  }
  return more + 1
}

/** How many bytes from `at` on are well-formed. */
export function wellFormedPrefix(at: usize, length: u32): u32 {
  const end = at + length
  let p = at
  while (p < end) {
    // Mostly ASCII: eight bytes at a time.
    while (p + 8 <= end && (load<u64>(p) & 0x8080808080808080) == 0) p += 8
    if (p >= end) break
    const size = sequenceAt(p, end)
    if (size < 0) break
    p += size
  }
  return <u32>(p - at)
}

/** Copies to `to` with U+FFFD for each malformed part; `to` has room for 3 times the length. */
export function repair(from: usize, length: u32, to: usize): u32 {
  const end = from + length
  let p = from
  let q = to
  while (p < end) {
    const size = sequenceAt(p, end)
    if (size > 0) {
      memory.copy(q, p, size)
      p += size
      q += size
    } else {
      store<u8>(q, 0xef)
      store<u8>(q + 1, 0xbf)
      store<u8>(q + 2, 0xbd)
      p += -size
      q += 3
    }
  }
  return <u32>(q - to)
}

/** QuickJS encodes a lone surrogate as three bytes: U+FFFD takes their place, of the same length. */
export function replaceSurrogates(at: usize, length: u32): void {
  const end = at + length
  let p = at
  while (p < end) {
    if (p + 8 <= end && (load<u64>(p) & 0x8080808080808080) == 0) {
      p += 8
    } else {
      if (load<u8>(p) == 0xed && p + 2 < end && load<u8>(p + 1) >= 0xa0) {
        store<u8>(p, 0xef)
        store<u8>(p + 1, 0xbf)
        store<u8>(p + 2, 0xbd)
      }
      p++
    }
  }
}
