import { bytesOf } from '../bytes.js'
import { native } from '../native.js'

const labels = new Set(['utf-8', 'utf8', 'unicode-1-1-utf-8'])

/** WHATWG Encoding §7.2 for UTF-8, the only encoding here. Whole inputs; streaming is not offered yet. */
export class TextDecoder {
  readonly encoding = 'utf-8'
  readonly fatal: boolean
  readonly ignoreBOM: boolean

  constructor(label: unknown = 'utf-8', options: { fatal?: boolean; ignoreBOM?: boolean } = {}) {
    if (!labels.has(String(label).trim().toLowerCase())) {
      throw new RangeError(
        `TextDecoder: encoding "${String(label)}" is not supported, only utf-8 is`,
      )
    }
    this.fatal = options.fatal === true
    this.ignoreBOM = options.ignoreBOM === true
  }

  decode(input?: unknown, options: { stream?: boolean } = {}): string {
    if (options.stream === true) throw new TypeError('TextDecoder: streaming is not supported')
    if (input === undefined) return ''
    let bytes = bytesOf(input)
    if (!this.ignoreBOM && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
      bytes = bytes.subarray(3)
    }
    if (this.fatal && !isUtf8(bytes))
      throw new TypeError('TextDecoder: the input is not valid UTF-8')
    return native.decode(bytes)
  }
}

/** Well-formed UTF-8 as Unicode's table 3-7 has it. */
function isUtf8(bytes: Uint8Array): boolean {
  let at = 0
  while (at < bytes.length) {
    const lead = bytes[at++] ?? 0
    if (lead < 0x80) continue
    const more =
      lead >= 0xc2 && lead < 0xe0
        ? 1
        : lead >= 0xe0 && lead < 0xf0
          ? 2
          : lead >= 0xf0 && lead < 0xf5
            ? 3
            : 0
    if (more === 0) return false
    const second = bytes[at] ?? 0
    const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80
    const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf
    if (second < low || second > high) return false
    for (let i = 1; i < more; i++) {
      const next = bytes[at + i] ?? 0
      if (next < 0x80 || next > 0xbf) return false
    }
    at += more
  }
  return true
}
