import { describe, expect, it } from 'vitest'

import { inEngine, inNode } from '../sandbox.js'

const asInNode: [string, string][] = [
  [
    'read and iterated over',
    `const make = () => new ReadableStream({ start(to) { to.enqueue(1); to.enqueue(2); to.close() } })
    const seen = []; const reader = make().getReader()
    seen.push(await reader.read(), (await reader.read()).value, (await reader.read()).done)
    for await (const chunk of make()) seen.push(chunk)
    return seen`,
  ],
  [
    'pulled with backpressure',
    `let pulled = 0
    const stream = new ReadableStream({ pull(to) { to.enqueue(++pulled) } }, new CountQueuingStrategy({ highWaterMark: 2 }))
    await sleep(1); const before = pulled; const reader = stream.getReader(); await reader.read(); await sleep(1)
    await reader.cancel('enough')
    return [before, pulled]`,
  ],
  [
    'teed',
    `const [a, b] = new ReadableStream({ start(to) { to.enqueue('x'); to.close() } }).tee(); const seen = []
    for await (const chunk of a) seen.push(chunk)
    for await (const chunk of b) seen.push(chunk)
    return seen`,
  ],
  [
    'piped through transforms into a sink',
    `const seen = []
    await new ReadableStream({ start(to) { to.enqueue(1); to.enqueue(2); to.close() } })
      .pipeThrough(new TransformStream({ transform(chunk, to) { to.enqueue(chunk * 10) }, flush(to) { to.enqueue('end') } }))
      .pipeTo(new WritableStream({ write(chunk) { seen.push(chunk) }, close() { seen.push('closed') } }))
    return seen`,
  ],
  [
    'stopped by a signal',
    `const controller = new AbortController(); const seen = []
    const piped = new ReadableStream({ cancel(reason) { seen.push(named(reason)) } })
      .pipeTo(new WritableStream({ abort(reason) { seen.push(named(reason)) } }), { signal: controller.signal })
    controller.abort()
    return [await rejected(piped), ...seen]`,
  ],
  [
    'failed',
    `const stream = new ReadableStream({ pull() { throw new RangeError('x') } })
    return [await rejected(stream.getReader().read()), thrown(() => new ReadableStream({ type: 'nonsense' }))]`,
  ],
  [
    'read into a buffer',
    `const stream = new ReadableStream({ type: 'bytes', start(to) { to.enqueue(new Uint8Array([1, 2, 3])); to.close() } })
    const reader = stream.getReader({ mode: 'byob' })
    const { value } = await reader.read(new Uint8Array(2))
    return [[...value], [...(await reader.read(new Uint8Array(2))).value]]`,
  ],
  [
    'decoded',
    `const bytes = new TextEncoder().encode('aé€😀')
    const source = new ReadableStream({ start(to) { for (const byte of bytes) to.enqueue(new Uint8Array([byte])); to.close() } })
    let text = ''; let count = 0
    for await (const part of source.pipeThrough(new TextDecoderStream())) { text += part; count++ }
    return [text, count, new TextDecoderStream('utf-16').encoding]`,
  ],
  [
    'decoded, and not well-formed',
    `const make = () => new ReadableStream({ start(to) { to.enqueue(new Uint8Array([0x61, 0xe2])); to.close() } })
    const read = async (stream) => { let text = ''; for await (const part of stream) text += part; return text }
    return [await read(make().pipeThrough(new TextDecoderStream())),
      await rejected(read(make().pipeThrough(new TextDecoderStream('utf-8', { fatal: true }))))]`,
  ],
  [
    'encoded',
    `const source = new ReadableStream({ start(to) { for (const part of ['a\\ud83d', '\\ude00b', '\\ud800']) to.enqueue(part); to.close() } })
    const bytes = []
    for await (const part of source.pipeThrough(new TextEncoderStream())) bytes.push(...part)
    return bytes`,
  ],
]

describe('streams', () => {
  it.each(asInNode)('are %s, as in Node', async (_name, script) => {
    expect(inEngine(script, 'text-streams')).toEqual(await inNode(script))
  })
})
