import { describe, expect, it } from 'vitest'

import { evaluate, inEngine } from '../sandbox.js'

/** A host that attached itself: `answer(head, body, handler, id)` says what becomes of a request. */
const attached = (answer: string): string => `
  native.features = () => 0
  const requests = []; const aborted = []
  const bytes = (value) => native.encode(typeof value === 'string' ? value : JSON.stringify(value))
  const ok = { status: 200, statusText: 'OK', url: 'https://a/final', redirected: true, headers: [['a', '1'], ['a', '2']] }
  const answer = ${answer}
  loop.requests.start = (payload, handler) => {
    const length = new DataView(payload.buffer, payload.byteOffset).getUint32(0, true)
    const head = JSON.parse(native.decode(payload.subarray(4, 4 + length)))
    const id = requests.push([head, native.decode(payload.subarray(4 + length))])
    setTimeout(() => answer(handler, id), 1)
    return id
  }
  loop.requests.abort = (id) => aborted.push(id)
`

describe('fetch in a host that attached itself', () => {
  it('answers with what the host sends, as it comes', () => {
    const script = `${attached(`(handler) => {
        handler.response(bytes(ok)); handler.body(bytes('he')); setTimeout(() => { handler.body(bytes('llo')); handler.end() }, 5) }`)}
      const response = await fetch('https://A/x?y', { method: 'post', headers: { h: 'v' }, body: 'content' })
      return [requests, response.status, response.statusText, response.ok, response.url, response.redirected,
        response.headers.get('a'), await response.text(), response instanceof Response]`
    expect(inEngine(script, 'fetch')).toEqual([
      [
        [
          {
            method: 'POST',
            url: 'https://a/x?y',
            headers: [
              ['content-type', 'text/plain;charset=UTF-8'],
              ['h', 'v'],
            ],
            redirect: 'follow',
          },
          'content',
        ],
      ],
      ...[200, 'OK', true, 'https://a/final', true, '1, 2', 'hello', true],
    ])
  })

  it('streams chunk by chunk', () => {
    const script = `${attached(`(handler) => {
        handler.response(bytes(ok)); let n = 0
        const send = () => { if (n++ === 3) handler.end(); else { handler.body(bytes('chunk' + n)); setTimeout(send, 5) } }
        send() }`)}
      const { body } = await fetch('https://a'); const seen = []
      for await (const chunk of body) seen.push(native.decode(chunk))
      return seen`
    const chunks = ['chunk1', 'chunk2', 'chunk3']
    expect(inEngine(script, 'fetch')).toEqual(chunks)
    expect(inEngine(script, 'fetch', 'streams')).toEqual(chunks)
  })

  it('collects a body of a stream or a blob before it is sent', () => {
    const script = `${attached('(handler) => { handler.response(bytes(ok)); handler.end() }')}
      const body = new ReadableStream({ async start(to) { to.enqueue(bytes('a')); await sleep(3); to.enqueue(bytes('b')); to.close() } })
      await fetch('https://a', { method: 'PUT', body, duplex: 'half' })
      await fetch('https://a', { method: 'PUT', body: new Blob(['blob'], { type: 'x/y' }) })
      return requests.map(([{ headers }, body]) => [headers, body])`
    expect(inEngine(script, 'fetch', 'streams', 'blob')).toEqual([
      [[], 'ab'],
      [[['content-type', 'x/y']], 'blob'],
    ])
  })

  it('has no body where the status has none', () => {
    const script = `${attached('(handler) => { handler.response(bytes({ ...ok, status: 204 })); handler.end() }')}
      const response = await fetch('https://a')
      return [response.status, response.body, await response.text()]`
    expect(inEngine(script, 'fetch')).toEqual([204, null, ''])
  })

  it("rejects with a TypeError whose cause is the host's error", () => {
    const script = `${attached("(handler) => handler.failed(bytes({ code: 'EWS_DENIED', name: 'EwsError', message: 'not allowed' }))")}
      try { await fetch('https://a') } catch (error) {
        return [error.name, error.message, error.cause.name, error.cause.code, error.cause.message, error.cause instanceof Error] }`
    expect(inEngine(script, 'fetch')).toEqual([
      ...['TypeError', 'fetch failed: not allowed', 'EwsError', 'EWS_DENIED', 'not allowed', true],
    ])
  })

  it('fails the body when the host fails after the head', () => {
    const script = `${attached(`(handler) => { handler.response(bytes(ok)); handler.body(bytes('x'))
        setTimeout(() => handler.failed(bytes({ code: 'EWS_CONNECT', name: 'EwsError', message: 'reset' })), 5) }`)}
      const response = await fetch('https://a')
      try { await response.text() } catch (error) { return [error.message, error.cause.code] }`
    expect(inEngine(script, 'fetch')).toEqual(['fetch failed: reset', 'EWS_CONNECT'])
  })

  it('gives a request up when its signal aborts, before and after the head', () => {
    const script = `${attached('(handler, id) => { if (id === 2) handler.response(bytes(ok)) }')}
      const first = new AbortController(); const second = new AbortController(); const errors = []
      setTimeout(() => first.abort(), 5); setTimeout(() => second.abort('mine'), 10)
      errors.push(await rejected(fetch('https://a', { signal: first.signal })))
      const response = await fetch('https://a', { signal: second.signal })
      await response.text().catch((error) => errors.push(error))
      await fetch('https://a', { signal: AbortSignal.abort('at once') }).catch((error) => errors.push(error))
      errors.push(await rejected(fetch('https://a', { signal: AbortSignal.timeout(20) })))
      return [errors, aborted, requests.length]`
    expect(inEngine(script, 'fetch')).toEqual([
      ['AbortError 20', 'mine', 'at once', 'TimeoutError 23'],
      [1, 2, 3],
      3,
    ])
  })

  it('gives a request up when its body is cancelled or left', () => {
    const script = `${attached("(handler) => { handler.response(bytes(ok)); handler.body(bytes('x')); handler.body(bytes('y')) }")}
      await (await fetch('https://a')).body.cancel()
      for await (const chunk of (await fetch('https://a')).body) break
      return aborted`
    expect(inEngine(script, 'fetch')).toEqual([1, 2])
    expect(inEngine(script, 'fetch', 'streams')).toEqual([1, 2])
  })

  it('lets a response be cloned before its body is there', () => {
    const script = `${attached("(handler) => { handler.response(bytes(ok)); setTimeout(() => { handler.body(bytes('late')); handler.end() }, 5) }")}
      const response = await fetch('https://a'); const clone = response.clone()
      return Promise.all([response.text(), clone.text()])`
    expect(inEngine(script, 'fetch')).toEqual(['late', 'late'])
  })

  it('fails a clone without a word when nobody reads it', () => {
    const script = `${attached(`(handler) => { handler.response(bytes(ok))
        setTimeout(() => handler.failed(bytes({ code: 'EWS_CONNECT', name: 'EwsError', message: 'reset' })), 5) }`)}
      const response = await fetch('https://a'); response.clone()
      return [await rejected(response.text()), await sleep(5), log]`
    expect(inEngine(script, 'fetch')).toEqual(['TypeError 0', null, []])
  })

  it('rejects what cannot be sent', () => {
    const script = `${attached('() => {}')}
      return [await rejected(fetch('/relative')), await rejected(fetch('https://a', { method: 'TRACE' })), await rejected(fetch()), requests.length]`
    expect(inEngine(script, 'fetch')).toEqual(['TypeError 0', 'TypeError 0', 'TypeError 0', 0])
  })

  it('has Http.request, which tells the headers as well', () => {
    const script = `${plain('head === 0 ? native.blockNew(\'{"a":"1","__proto__":"2"}\') : native.blockNew(\'answer\')')}
      native.features = () => 3
      const { status, body, headers } = Http.request({ url: 'https://a' })
      return [status, body, Object.entries(headers)]`
    expect(inEngine(script, 'http')).toEqual([
      ...[201, 'answer'],
      [
        ['a', '1'],
        ['__proto__', '2'],
      ],
    ])
  })

  it("does not call the SDK's own functions in Http.request", () => {
    const script = `${plain("native.blockNew('answer')")}
      native.features = () => 1
      try { Http.request({ url: 'https://a' }) } catch ({ code, message }) { return [code, message, requests.length] }`
    expect(inEngine(script, 'http')).toEqual([
      'EWS_WOULD_BLOCK',
      expect.stringMatching(/await fetch\(.*'worker' or 'jspi'/),
      0,
    ])
  })

  it('throws in Http.request what the host failed with', () => {
    const script = `${plain(`'{"code":"EWS_DENIED","name":"EwsError","message":"not there"}'`)}
      native.features = () => 3
      try { Http.request({ url: 'https://a' }) } catch ({ name, code, message }) { return [name, code, message] }`
    expect(inEngine(script, 'http')).toEqual(['EwsError', 'EWS_DENIED', 'not there'])
  })
})

/** Any Extism host: blocks are kept in a map, and `http_request` answers from a script. */
const plain = (answer: string): string => `
  const blocks = new Map([[0, new Uint8Array(0)]]); const requests = []
  native.blockNew = (data) => { const at = blocks.size * 8; blocks.set(at, typeof data === 'string' ? native.encode(data) : data.slice()); return at }
  native.blockLength = (at) => blocks.get(Number(at)).length
  native.blockRead = (at, length) => blocks.get(Number(at)).slice(0, length)
  extismFunctions.http_request = { slot: 1, signature: 'jjj' }; extismFunctions.http_status_code = { slot: 2, signature: 'i' }
  native.call = (slot, signature, ...args) => {
    if (slot === 2) return 201
    const [head, body] = args
    if (head !== 0) requests.push([signature, JSON.parse(native.decode(blocks.get(head))), body === 0 ? null : [...blocks.get(body)]])
    return ${answer}
  }
`

describe('HTTP in a plain Extism host', () => {
  it('fetches by http_request', () => {
    const script = `${plain("native.blockNew('hellö')")}
      const response = await fetch('https://a', { method: 'POST', body: new Uint8Array([0, 255]), headers: { b: 'c' } })
      return [requests, response.status, response.url, [...response.headers], await response.text()]`
    expect(inEngine(script, 'fetch')).toEqual([
      [['jjj', { url: 'https://a/', method: 'POST', headers: { b: 'c' } }, [0, 255]]],
      ...[201, 'https://a/', [], 'hellö'],
    ])
  })

  it('has Http.request, whose binary body is sent as it is', () => {
    const script = `${plain("native.blockNew('answer')")}
      const answers = [
        Http.request({ url: 'https://a', headers: { n: 1, t: true } }),
        Http.request({ url: 'https://a', method: 'PUT' }, new Uint8Array([1, 2]).buffer),
        Http.request({ url: 'https://a', method: 'POST' }, 'text'),
      ]
      return [answers[0], requests.map(([, ...request]) => request)]`
    expect(inEngine(script, 'http')).toEqual([
      { status: 201, body: 'answer', headers: {} },
      [
        [{ url: 'https://a', method: 'GET', headers: { n: '1', t: 'true' } }, null],
        [{ url: 'https://a', method: 'PUT', headers: {} }, [1, 2]],
        [{ url: 'https://a', method: 'POST', headers: {} }, [...Buffer.from('text')]],
      ],
    ])
  })
})

describe('HTTP while a plugin is built', () => {
  it('is refused', () => {
    expect(() => evaluate("Http.request({ url: 'https://a' })", 'http')).toThrow(
      /Http\.request was called while the plugin was being built; there is no host yet/,
    )
    const script = "fetch('https://a').catch(({ message }) => { globalThis.message = message })"
    expect(evaluate(`${script}; return null`, 'fetch')).toBe(null)
  })
})
