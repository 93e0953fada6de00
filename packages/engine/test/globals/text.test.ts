import { describe, expect, it } from 'vitest'

import { inEngine, inNode } from '../sandbox.js'

const chunks = (label: string, lists: number[][], options = '{}'): string => `
  const decoder = new TextDecoder('${label}', ${options})
  const decode = (...args) => {
    try { return JSON.stringify(decoder.decode(...args)) } catch (error) { return error.name }
  }
  const parts = ${JSON.stringify(lists)}.map((bytes) => decode(new Uint8Array(bytes), { stream: true }))
  return [...parts, decode()]`

/** Texts that are alike but for one character, of every length up to some words, at every place. */
const alike = `
  const pairs = []
  for (const odd of ['a', '~', 'é', 'ÿ', 'Ж', '😀']) {
    for (let length = 1; length < 36; length++) {
      for (let at = 0; at < length; at++) {
        const plain = 'm'.repeat(length)
        pairs.push([plain, plain.slice(0, at) + odd + plain.slice(at + 1)])
      }
    }
  }`

const asInNode: [string, string][] = [
  [
    'texts that differ in one character, compared',
    `${alike}
    const compared = pairs.map(([a, b]) => [a === b, a < b, b < a, a === a.slice()].map(Number).join(''))
    return compared.join(' ')`,
  ],
  [
    'bytes that are found where they are, from anywhere',
    `const found = []
    for (const [value, others] of [[0, 1], [0, 128], [1, 0], [127, 255], [128, 0], [128, 129], [255, 254]]) {
      for (let length = 1; length < 36; length++) {
        const bytes = new Uint8Array(length).fill(others)
        found.push(bytes.indexOf(value))
        for (let at = 0; at < length; at++) {
          bytes[at] = value
          found.push(bytes.indexOf(value), bytes.indexOf(value, at), bytes.subarray(at).includes(others))
          bytes[at] = others
        }
      }
    }
    return found.map(Number).join(' ')`,
  ],
  [
    'texts with one character that is not ASCII',
    `${alike}
    const decoder = new TextDecoder()
    return pairs.map(([, text]) => decoder.decode(new TextEncoder().encode(text))).join(' ')`,
  ],
  ['a sequence in four chunks', chunks('utf-8', [[0xf0], [0x9f], [0x98], [0x80, 0x61]])],
  ['a sequence that never ends', chunks('utf-8', [[0x61, 0xe2, 0x82], []])],
  ['a sequence that is broken off', chunks('utf-8', [[0xe2, 0x82], [0x61, 0xc3], [0xa9]])],
  ['overlong beginnings', chunks('utf-8', [[0xe0], [0x80], [0xf0], [0x80, 0x61]])],
  ['surrogates in halves', chunks('utf-8', [[0xed], [0xa0], [0x80]])],
  ['beyond the last character', chunks('utf-8', [[0xf4], [0x90], [0x80, 0x80]])],
  ['continuations without a beginning', chunks('utf-8', [[0x80], [0x80, 0x80], [0xc0]])],
  ['a mark in three chunks', chunks('utf-8', [[0xef], [0xbb], [0xbf, 0x61], [0xef, 0xbb, 0xbf]])],
  ['a mark that is kept', chunks('utf-8', [[0xef], [0xbb, 0xbf, 0x61]], '{ ignoreBOM: true }')],
  ['fatal, and well-formed', chunks('utf-8', [[0xc3], [0xa9]], '{ fatal: true }')],
  ['fatal, at the end', chunks('utf-8', [[0x61, 0xc3]], '{ fatal: true }')],
  ['UTF-16 in odd chunks', chunks('utf-16le', [[0xff], [0xfe, 0x61], [0, 0x3d], [0xd8, 0, 0xde]])],
  [
    'UTF-16 with a lone surrogate',
    chunks('utf-16', [
      [0x3d, 0xd8],
      [0x61, 0],
    ]),
  ],
  ['UTF-16 that is cut off', chunks('utf-16', [[0x61, 0, 0x62]])],
  ['UTF-16, fatal', chunks('utf-16le', [[0x61, 0, 0, 0xdc]], '{ fatal: true }')],
  [
    'the labels that there are',
    `return ['utf8', ' UTF-8\\n', 'unicode-1-1-utf-8', 'unicode11utf8', 'unicode20utf8', 'x-unicode20utf8',
      'utf-16', 'UCS-2', 'ascii', 'l1', 'iso-8859-1', 'windows-1252', 'ISO_8859-1:1987']
      .map((label) => new TextDecoder(label).encoding)`,
  ],
  [
    'no labels that there are not',
    `return ['', 'utf-7', 'utf 8', 'latin1 l1', 'nonsense', null].map((label) => thrown(() => new TextDecoder(label)))`,
  ],
  [
    'anew after the end of a stream',
    `const decoder = new TextDecoder()
    const mark = new Uint8Array([0xef, 0xbb, 0xbf, 0x61])
    return [decoder.decode(mark, { stream: true }), decoder.decode(mark), decoder.decode(mark),
      decoder.encoding, decoder.fatal, decoder.ignoreBOM]`,
  ],
  [
    'into every room there is',
    `const text = 'aé€😀\\ud800b\\udc00'
    return Array.from({ length: 20 }, (_, room) => {
      const to = new Uint8Array(room)
      return [new TextEncoder().encodeInto(text, to), [...to]]
    })`,
  ],
]

describe('TextDecoder and TextEncoder', () => {
  it.each(asInNode)('take %s, as in Node', async (_name, script) => {
    expect(inEngine(script)).toEqual(await inNode(script))
  })

  // Node 20 decodes it as Latin-1.
  it('decodes every byte of windows-1252', () => {
    const script = `return new TextDecoder('latin1').decode(Uint8Array.from({ length: 256 }, (_, i) => i))`
    const latin1 = String.fromCharCode(...Array.from({ length: 256 }, (_, i) => i))
    const upper = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ'
    expect(inEngine(script)).toBe(latin1.slice(0, 0x80) + upper + latin1.slice(0xa0))
  })

  it('decodes a megabyte in chunks of any size', () => {
    const script = `
      const bytes = new TextEncoder().encode('aé€😀'.repeat(20_000))
      return [1, 2, 3, 1000, 4097].map((size) => {
        const decoder = new TextDecoder('utf-8', { fatal: true })
        let text = ''
        for (let at = 0; at < bytes.length; at += size * 100) {
          text += decoder.decode(bytes.subarray(at, at + size * 100), { stream: true })
        }
        return text + decoder.decode() === 'aé€😀'.repeat(20_000)
      })`
    expect(inEngine(script)).toEqual([true, true, true, true, true])
  })
})
