import { describe, expect, it } from 'vitest'

import { inEngine, inNode } from '../sandbox.js'

const asInNode: [string, string][] = [
  [
    'copies of messages, in order and later',
    `const { port1, port2 } = new MessageChannel(); const seen = []; const value = { a: [1] }
    const done = new Promise((resolve) => { port2.onmessage = ({ data }) => { seen.push(data); if (data === 'end') resolve() } })
    port1.postMessage(value); value.a.push(2); port1.postMessage('end'); seen.push('sync')
    await Promise.resolve(); seen.push('job')
    await done; port1.close()
    return seen`,
  ],
  [
    'buffers that move, and no functions',
    `const { port1, port2 } = new MessageChannel(); const { buffer } = new Uint8Array([1, 2])
    const done = new Promise((resolve) => { port2.onmessage = ({ data }) => resolve(data.byteLength) })
    port1.postMessage(buffer, [buffer])
    const result = [buffer.byteLength, await done, thrown(() => port1.postMessage(() => {}))]; port1.close()
    return result`,
  ],
]

describe('MessageChannel', () => {
  it.each(asInNode)('delivers %s, as in Node', async (_name, script) => {
    expect(inEngine(script, 'message-channel')).toEqual(await inNode(script))
  })

  // In Node, a listener is enough: HTML §9.4.3 wants `start`.
  it('keeps what was sent until the port is started', () => {
    const script = `
      const { port1, port2 } = new MessageChannel(); const seen = []
      port1.postMessage(1)
      const done = new Promise((resolve) => port2.addEventListener('message', ({ data }) => { seen.push(data); resolve() }))
      await sleep(5); seen.push('not started')
      port2.start(); await done
      return seen`
    expect(inEngine(script, 'message-channel')).toEqual(['not started', 1])
  })

  it('is no timer: ports that talk to each other do not wait', () => {
    const script = `
      const { port1, port2 } = new MessageChannel(); let count = 0
      await new Promise((resolve) => {
        port1.onmessage = () => { if (++count === 20) resolve(); else port1.postMessage(count) }
        port2.onmessage = () => port2.postMessage(0)
        port1.postMessage(0)
      })
      return native.now()`
    expect(inEngine(script, 'message-channel')).toBe(0)
  })

  it('delivers nothing after it was closed', () => {
    const script = `
      const { port1, port2 } = new MessageChannel(); const seen = []
      port2.onmessage = ({ data }) => seen.push(data)
      port2.close(); port1.postMessage(1); await sleep(5)
      return seen`
    expect(inEngine(script, 'message-channel')).toEqual([])
  })
})

describe('setImmediate', () => {
  it('runs after promise jobs, unless it was cleared', () => {
    const script = `
      const seen = []
      clearImmediate(setImmediate(() => seen.push('cleared')))
      await new Promise((resolve) => {
        setImmediate((value) => { seen.push(value); resolve() }, 'immediate')
        Promise.resolve().then(() => seen.push('job'))
      })
      return [...seen, thrown(() => setImmediate('code'))]`
    expect(inEngine(script, 'immediate')).toEqual(['job', 'immediate', 'TypeError 0'])
  })

  it('runs before timers that are due, and is stopped by clearImmediate only', () => {
    const script = `
      const seen = []
      await new Promise((resolve) => {
        setTimeout(() => { seen.push('timeout'); resolve() })
        const id = setImmediate(() => seen.push('immediate'))
        clearTimeout(id); clearImmediate(undefined); clearImmediate('x')
      })
      return seen`
    expect(inEngine(script, 'immediate')).toEqual(['immediate', 'timeout'])
  })
})

describe('reportError', () => {
  it('logs', () => {
    const script = "reportError(new TypeError('mine')); return log[0][1].split('\\n')[0]"
    expect(inEngine(script, 'report-error')).toBe('Uncaught TypeError: mine')
  })
})
