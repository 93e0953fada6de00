import { describe, expect, it } from 'vitest'

import { inEngine, inNode } from '../sandbox.js'

const asInNode: [string, string][] = [
  [
    'texts in every encoding',
    `return ['utf8', 'UTF-8', 'hex', 'base64', 'base64url', 'latin1', 'binary', 'ascii', 'utf16le', 'ucs2'].map((encoding) => {
      const buffer = Buffer.from([0, 1, 62, 63, 250, 251, 255, 0xc3, 0xa9, 0x61])
      const text = buffer.toString(encoding)
      return [encoding, text, [...Buffer.from(text, encoding)], Buffer.byteLength(text, encoding), Buffer.isEncoding(encoding)]
    })`,
  ],
  [
    'texts that are not quite what they should be',
    `return [['a€😀\\ud800', 'utf8'], ['aGk', 'base64'], ['aGk=\\n aGk=', 'base64'], ['-_8', 'base64'], ['+/8=', 'base64url'],
      ['***', 'base64'], ['0g12', 'hex'], ['abc', 'hex'], ['AB cd', 'HEX']].map(([text, encoding]) => [...Buffer.from(text, encoding)])`,
  ],
  [
    'parts of a text',
    `const buffer = Buffer.from('aé€😀z')
    return ['utf8', 'hex', 'base64', 'latin1', 'utf16le'].map((encoding) =>
      [[], [1], [1, 3], [0, 2], [-5, 2], [3, 100], [5, 3]].map((args) => buffer.toString(encoding, ...args)))`,
  ],
  [
    'bytes of anything',
    `const { buffer } = new Uint8Array([1, 2, 3, 4])
    return [[1, 257, -1], buffer, new Uint8Array(buffer, 1, 2), Buffer.from('x'), { type: 'Buffer', data: [5] }].map((from) => [...Buffer.from(from)])
      .concat([[...Buffer.from(buffer, 1, 2)], [...Buffer.alloc(3, 'ab')], [...Buffer.alloc(2)], Buffer.allocUnsafe(2).length])`,
  ],
  [
    'the methods that libraries use',
    `const buffer = Buffer.alloc(24)
    buffer.writeUInt32BE(0xdeadbeef, 0); buffer.writeInt16LE(-2, 4); buffer.writeDoubleBE(1.5, 6); buffer.writeBigUInt64LE(7n, 14)
    buffer.write('base64url', 0, 'latin1'); buffer.write('-_', 22, 'base64url')
    return [buffer.toString('hex'), buffer.readUInt32BE(0), buffer.readInt16LE(4), buffer.readDoubleBE(6), String(buffer.readBigUInt64LE(14)),
      buffer.indexOf('be', 0, 'hex'), buffer.equals(Buffer.from(buffer)), Buffer.compare(Buffer.from('a'), Buffer.from('b')),
      Buffer.concat([Buffer.from('a'), new Uint8Array([98])]).toString(), Buffer.isBuffer(buffer), Buffer.isBuffer(new Uint8Array(1)),
      JSON.stringify(Buffer.from('a')), buffer.slice(0, 2).length, buffer.subarray(1) instanceof Buffer, buffer instanceof Uint8Array,
      Buffer.from('abcabc').includes('ca'), Buffer.from('abc').fill('x', 1).toString(), String(Buffer.from('text'))]`,
  ],
]

describe('Buffer', () => {
  it.each(asInNode)('has %s, as in Node', async (_name, script) => {
    expect(inEngine(script, 'buffer')).toEqual(await inNode(script))
  })
})
