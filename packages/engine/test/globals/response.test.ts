import { describe, expect, it } from 'vitest'

import { inEngine, inNode } from '../sandbox.js'

const asInNode: [string, string][] = [
  [
    'responses of everything',
    `return Promise.all(['té', new Uint8Array([104, 105]), new Uint8Array([1, 104, 105]).subarray(1), new Uint8Array([120]).buffer,
      new URLSearchParams({ a: 'b c' }), new Blob(['bl'], { type: 'x/y' }), new Blob(['bl']), 5, null, undefined].map(async (body) => {
        const response = new Response(body)
        return [response.headers.get('content-type')?.toLowerCase() ?? null, response.body === null, await response.text(), response.bodyUsed]
      }))`,
  ],
  [
    'a status, and what is said about it',
    `const response = new Response('x', { status: 404, statusText: 'Not Here', headers: { a: 'b' } })
    return [response.status, response.statusText, response.ok, response.headers.get('a'), response.url, response.redirected,
      response.type, new Response().status, new Response().ok, String(response)]`,
  ],
  [
    'no impossible ones',
    `return [() => new Response('', { status: 199 }), () => new Response('', { status: 600 }), () => new Response('x', { status: 204 }),
      () => new Response(null, { statusText: 'a\\nb' })].map(thrown).concat(new Response(null, { status: 204 }).status)`,
  ],
  [
    'ways to read a body',
    `const make = () => new Response('{"a":1}', { headers: { 'content-type': 'application/json' } }); const blob = await make().blob()
    return [await make().json(), (await make().arrayBuffer()).byteLength, blob.type, await blob.text(),
      await rejected(new Response('{').json()), await new Response('\\ufeffx').text()]`,
  ],
  [
    'a body that is read once',
    `const response = new Response('x'); const empty = new Response()
    await response.text(); await empty.text()
    return [response.bodyUsed, await rejected(response.text()), await rejected(response.json()), thrown(() => response.clone()),
      empty.bodyUsed, await empty.text()]`,
  ],
  [
    'clones, of which each is read once',
    `const response = new Response('text', { status: 201, headers: { a: 'b' } }); const clone = response.clone()
    return [await response.text(), await clone.text(), clone.status, clone.headers.get('a'), response.bodyUsed, clone.bodyUsed]`,
  ],
  [
    'static makers',
    `const json = Response.json({ a: 1 }, { status: 201, headers: { b: 'c' } }); const moved = Response.redirect('https://a/b', 301)
    return [json.status, json.headers.get('content-type'), await json.text(), json.headers.get('b'),
      Response.json(1, { headers: { 'content-type': 'x/y' } }).headers.get('content-type'), thrown(() => Response.json(undefined)),
      Response.error().type, Response.error().status, moved.status, moved.headers.get('location'),
      thrown(() => Response.redirect('https://a', 200)), thrown(() => Response.redirect('nonsense'))]`,
  ],
  [
    'a body to iterate over',
    `const response = new Response('abc'); const parts = []
    for await (const part of response.body) parts.push(...part)
    return [parts, response.bodyUsed, await rejected(response.text())]`,
  ],
  [
    'a body that is cancelled',
    `const response = new Response('abc'); await response.body.cancel(); return [response.bodyUsed, await rejected(response.text())]`,
  ],
]

const withStreams: [string, string][] = [
  [
    'bodies of streams',
    `const stream = () => new ReadableStream({ start(to) { to.enqueue(new Uint8Array([97])); to.enqueue(new Uint8Array([98])); to.close() } })
    const response = new Response(stream()); const clone = response.clone()
    return [await response.text(), await clone.text(), await new Response(stream()).text(),
      await rejected(new Response(new ReadableStream({ start(to) { to.enqueue('text'); to.close() } })).text())]`,
  ],
  [
    'a body with a reader',
    `const response = new Response('abc'); const reader = response.body.getReader(); const seen = [response.body.locked, response.bodyUsed]
    seen.push(await rejected(response.text()), thrown(() => response.clone()))
    const { value, done } = await reader.read()
    return [...seen, [...value], done, response.bodyUsed, (await reader.read()).done, response.body instanceof ReadableStream]`,
  ],
  [
    'a body that is piped',
    `let text = ''
    await new Response('aé').body.pipeThrough(new TextDecoderStream()).pipeTo(new WritableStream({ write(part) { text += part } }))
    return text`,
  ],
]

describe('Response', () => {
  it.each(asInNode)('has %s, as in Node', async (_name, script) => {
    expect(inEngine(script, 'fetch', 'blob')).toEqual(await inNode(script))
  })

  it.each(withStreams)('has %s, as in Node', async (_name, script) => {
    expect(inEngine(script, 'fetch', 'text-streams')).toEqual(await inNode(script))
  })

  it('has bytes', () => {
    expect(inEngine("return [...(await new Response('hi').bytes())]", 'fetch')).toEqual([104, 105])
  })
})

const requests: [string, string][] = [
  [
    'methods that are normalised',
    `return ['get', 'Post', 'patch', 'PATCH', 'x-own'].map((method) => new Request('https://a', { method }).method)
      .concat(['TRACE', 'connect', 'a b', ''].map((method) => thrown(() => new Request('https://a', { method }))))`,
  ],
  [
    'URLs that are absolute',
    `return [new Request('https://A/b/../c?d#e').url, new Request(new URL('https://x/')).url, thrown(() => new Request('/x')),
      thrown(() => new Request('https://u:p@a/'))]`,
  ],
  [
    'bodies',
    `const request = new Request('https://a', { method: 'POST', body: 'text' })
    const params = new Request('https://a', { method: 'PUT', body: new URLSearchParams('a=1') })
    return [request.headers.get('content-type').toLowerCase(), await request.text(), request.bodyUsed,
      params.headers.get('content-type').toLowerCase(), thrown(() => new Request('https://a', { body: 'x' })),
      new Request('https://a').body, await new Request('https://a', { method: 'POST', body: 'j', headers: { 'Content-Type': 'own' } }).headers.get('content-type')]`,
  ],
  [
    'copies with changes',
    `const request = new Request('https://a/', { method: 'POST', body: 'text', headers: { a: 'b' }, redirect: 'manual' })
    const clone = request.clone(); const changed = new Request(request, { headers: { c: 'd' } })
    return [clone.method, await clone.text(), clone.headers.get('a'), clone.redirect, request.bodyUsed, await changed.text(),
      changed.headers.get('a'), changed.headers.get('c'), thrown(() => new Request(request))]`,
  ],
  [
    'signals',
    `const controller = new AbortController(); const request = new Request('https://a', { signal: controller.signal })
    const other = new Request(request); controller.abort('why')
    return [request.signal.aborted, request.signal.reason, other.signal.aborted, new Request('https://a').signal.aborted,
      new Request('https://a', { signal: null }).signal instanceof AbortSignal, thrown(() => new Request('https://a', { signal: {} })),
      thrown(() => new Request('https://a', { redirect: 'never' }))]`,
  ],
]

describe('Request', () => {
  it.each(requests)('has %s, as in Node', async (_name, script) => {
    expect(inEngine(script, 'fetch')).toEqual(await inNode(script))
  })
})
