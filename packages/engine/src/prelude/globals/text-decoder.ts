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
    const text = native.decode(bytes, this.fatal)
    if (text === null) throw new TypeError('TextDecoder: the input is not valid UTF-8')
    return text
  }
}
