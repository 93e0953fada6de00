import { describe, expect, it } from 'vitest'

import { inEngine, inNode } from '../sandbox.js'

const asInNode: [string, string][] = [
  [
    'is made of strings, bytes and blobs',
    `const bytes = new Uint8Array([0, 65, 66, 67])
    const blob = new Blob(['é\\ud800', bytes.subarray(1, 3), bytes.buffer.slice(3), new DataView(bytes.buffer, 1, 1), new Blob(['x']), 5],
      { type: 'Text/Plain' })
    bytes.fill(0)
    return [await blob.text(), blob.size, blob.type, String(blob)]`,
  ],
  [
    'is sliced as arrays are',
    `const blob = new Blob(['0123456789'], { type: 'a/b' })
    return Promise.all([[], [2], [2, 5], [-3], [-5, -2], [5, 2], [0, 100], [1, 3, 'C/D']].map(async (args) => {
      const slice = blob.slice(...args)
      return [await slice.text(), slice.size, slice.type]
    }))`,
  ],
  [
    'has no type that is not printable',
    `return ['a/b', 'A', 'ü', 'a\\nb', ''].map((type) => new Blob([], { type }).type)`,
  ],
  [
    'refuses parts that are no sequence',
    `return [thrown(() => new Blob('text')), thrown(() => new Blob(5)), new Blob().size]`,
  ],
  [
    'gives its bytes away as copies',
    `const blob = new Blob(['abc'])
    new Uint8Array(await blob.arrayBuffer())[0] = 0
    return [await blob.text(), (await blob.arrayBuffer()).byteLength]`,
  ],
  [
    'drops a byte order mark as text',
    `return new Blob([new Uint8Array([0xef, 0xbb, 0xbf, 0x61])]).text()`,
  ],
  [
    'streams',
    `const parts = []
    for await (const part of new Blob(['x'.repeat(100_000), 'y']).stream()) parts.push(part)
    return [parts.reduce((sum, { length }) => sum + length, 0), parts[0] instanceof Uint8Array]`,
  ],
]

describe('Blob', () => {
  it.each(asInNode)('%s, as in Node', async (_name, script) => {
    expect(inEngine(script, 'blob')).toEqual(await inNode(script))
  })

  it('streams as a ReadableStream where there is one', () => {
    const script = `
      const stream = new Blob(['abc']).stream(); const reader = stream.getReader()
      return [stream instanceof ReadableStream, [...(await reader.read()).value], (await reader.read()).done]`
    expect(inEngine(script, 'blob', 'streams')).toEqual([true, [97, 98, 99], true])
  })

  it('ends a line as the system does only when asked', () => {
    const script = "return new Blob(['a\\r\\nb\\rc'], { endings: 'native' }).text()"
    expect(inEngine(script, 'blob')).toBe('a\nb\nc')
  })

  it('is a File with a name', () => {
    const script = `
      const file = new File(['abc'], 'a.txt', { type: 'text/plain', lastModified: 5 })
      return [file.name, file.lastModified, file.size, file.type, file instanceof Blob, String(file),
        (await file.slice(1).text()), thrown(() => new File([]))]`
    expect(inEngine(script, 'blob')).toEqual([
      ...['a.txt', 5, 3, 'text/plain', true, '[object File]', 'bc', 'TypeError 0'],
    ])
  })
})
