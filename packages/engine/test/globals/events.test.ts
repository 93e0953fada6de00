import { describe, expect, it } from 'vitest'

import { inEngine, inNode } from '../sandbox.js'

/** What both must answer alike, by what it shows. */
const asInNode: [string, string][] = [
  [
    'calls listeners in the order they were added, once each',
    `const target = new EventTarget(); const seen = []
    const one = () => seen.push(1)
    target.addEventListener('x', one); target.addEventListener('x', one)
    target.addEventListener('x', () => seen.push(2)); target.addEventListener('y', () => seen.push(3))
    target.dispatchEvent(new Event('x')); target.dispatchEvent(new Event('x'))
    return seen`,
  ],
  [
    'removes a listener that runs once before it runs',
    `const target = new EventTarget(); let count = 0
    target.addEventListener('x', function again() { count++; target.dispatchEvent(new Event('x')) }, { once: true })
    target.dispatchEvent(new Event('x'))
    return count`,
  ],
  [
    'calls no listener that was removed or added during the dispatch',
    `const target = new EventTarget(); const seen = []
    const removed = () => seen.push('removed')
    target.addEventListener('x', () => {
      target.removeEventListener('x', removed)
      target.addEventListener('x', () => seen.push('added'))
    })
    target.addEventListener('x', removed)
    target.dispatchEvent(new Event('x'))
    return seen`,
  ],
  [
    'tells listeners apart by capture',
    `const target = new EventTarget(); let count = 0
    const f = () => count++
    target.addEventListener('x', f, true); target.addEventListener('x', f, { capture: false })
    target.removeEventListener('x', f)
    target.dispatchEvent(new Event('x'))
    target.removeEventListener('x', f, { capture: true })
    target.dispatchEvent(new Event('x'))
    return count`,
  ],
  [
    'looks handleEvent up when the event comes, and calls it on its object',
    `const target = new EventTarget(); const seen = []
    const listener = { name: 'object', handleEvent() { seen.push('old') } }
    target.addEventListener('x', listener)
    listener.handleEvent = function (event) { seen.push(this.name, event.type) }
    target.dispatchEvent(new Event('x'))
    target.addEventListener('y', function () { seen.push(this === target) })
    target.dispatchEvent(new Event('y'))
    return seen`,
  ],
  [
    'stops at once when asked',
    `const target = new EventTarget(); const seen = []
    target.addEventListener('x', (event) => { seen.push(1); event.stopPropagation() })
    target.addEventListener('x', (event) => { seen.push(2); event.stopImmediatePropagation() })
    target.addEventListener('x', () => seen.push(3))
    target.dispatchEvent(new Event('x'))
    return seen`,
  ],
  [
    'answers whether the event was cancelled',
    `const target = new EventTarget()
    target.addEventListener('x', (event) => event.preventDefault())
    const cancelable = new Event('x', { cancelable: true })
    return [target.dispatchEvent(new Event('x')), target.dispatchEvent(cancelable),
      cancelable.defaultPrevented, cancelable.returnValue]`,
  ],
  [
    'shows the target, the phase and the path while it dispatches',
    `const target = new EventTarget(); const seen = []
    const look = (event) => [event.target === target, event.currentTarget === target,
      event.srcElement === target, event.eventPhase, event.composedPath().length, event.isTrusted]
    target.addEventListener('x', (event) => seen.push(...look(event)))
    const event = new Event('x')
    seen.push(...look(event)); target.dispatchEvent(event); seen.push(...look(event))
    return seen`,
  ],
  [
    'refuses an event that is being dispatched, and what is no event',
    `const target = new EventTarget(); const seen = []
    target.addEventListener('x', (event) => seen.push(thrown(() => target.dispatchEvent(event)).split(' ')[0].length > 0))
    target.dispatchEvent(new Event('x'))
    return [...seen, thrown(() => target.dispatchEvent({ type: 'x' })), thrown(() => new Event()),
      thrown(() => target.addEventListener('x', 'text'))]`,
  ],
  [
    'has the attributes of its init',
    `const event = new Event('x', { bubbles: true, cancelable: 1, composed: true })
    return [event.type, event.bubbles, event.cancelable, event.composed, event.isTrusted,
      Event.AT_TARGET, String(event), typeof event.timeStamp]`,
  ],
  [
    'has the events of other standards',
    `const custom = new CustomEvent('c', { detail: { a: 1 } })
    const message = new MessageEvent('m', { data: [1], origin: 'o', lastEventId: 'i' })
    return [custom.detail, new CustomEvent('c').detail, custom instanceof Event,
      message.data, message.origin, message.lastEventId, message.source, message.ports,
      new MessageEvent('m').data]`,
  ],
  [
    'removes a listener when its signal aborts',
    `const target = new EventTarget(); const controller = new AbortController(); let count = 0
    target.addEventListener('x', () => count++, { signal: controller.signal })
    target.addEventListener('x', () => count++, { signal: AbortSignal.abort() })
    target.dispatchEvent(new Event('x')); controller.abort(); target.dispatchEvent(new Event('x'))
    return [count, thrown(() => target.addEventListener('x', () => {}, { signal: {} }))]`,
  ],
  [
    'aborts once, with a reason',
    `const controller = new AbortController(); const seen = []
    const { signal } = controller
    signal.onabort = (event) => seen.push(event.type, event.target === signal, event.isTrusted)
    signal.addEventListener('abort', () => seen.push('listener'))
    seen.push(signal.aborted, signal.reason)
    controller.abort(); controller.abort('again')
    return [...seen, signal.aborted, named(signal.reason), thrown(() => signal.throwIfAborted()), String(signal)]`,
  ],
  [
    'aborts with any reason, at once or later',
    `const signal = AbortSignal.abort(null)
    return [signal.aborted, signal.reason, named(AbortSignal.abort().reason), AbortSignal.abort(3).reason,
      thrown(() => new AbortSignal()), AbortSignal.any([]).aborted]`,
  ],
  [
    'aborts by time',
    `const signal = AbortSignal.timeout(5)
    await new Promise((resolve) => { signal.onabort = resolve; setTimeout(() => {}, 20) })
    return [signal.aborted, named(signal.reason), thrown(() => AbortSignal.timeout(-1)).split(' ').length]`,
  ],
  [
    'aborts with the first of several',
    `const [a, b] = [new AbortController(), new AbortController()]
    const any = AbortSignal.any([a.signal, b.signal]); const of = AbortSignal.any([any])
    const seen = []
    any.onabort = () => seen.push('any')
    of.onabort = () => seen.push('of')
    b.abort('b'); a.abort('a')
    return [...seen, any.reason, of.reason, AbortSignal.any([AbortSignal.abort(7)]).reason]`,
  ],
  [
    'keeps the place of a handler among the listeners',
    `const { signal } = new AbortController(); const seen = []
    const controller = new AbortController()
    controller.signal.onabort = () => seen.push('never')
    controller.signal.addEventListener('abort', () => seen.push('listener'))
    controller.signal.onabort = () => seen.push('handler')
    controller.abort()
    return [...seen, signal.onabort]`,
  ],
  [
    'can be extended',
    `class Bus extends EventTarget { send() { return this.dispatchEvent(new CustomEvent('x', { detail: 1 })) } }
    const bus = new Bus(); let detail
    bus.addEventListener('x', (event) => { detail = event.detail })
    return [bus.send(), detail, bus instanceof EventTarget]`,
  ],
]

describe('events', () => {
  it.each(asInNode)('%s, as in Node', async (_name, script) => {
    expect(inEngine(script, 'events')).toEqual(await inNode(script))
  })

  it('reports what a listener throws, and goes on', () => {
    const script = `
      const target = new EventTarget(); const seen = []
      target.addEventListener('x', () => { throw new RangeError('mine') })
      target.addEventListener('x', {})
      target.addEventListener('x', () => seen.push('called'))
      seen.push(target.dispatchEvent(new Event('x')))
      return [...seen, ...log.map(([level, text]) => [level, text.split('\\n')[0]])]`
    expect(inEngine(script, 'events')).toEqual([
      'called',
      true,
      [4, 'Uncaught RangeError: mine'],
      [4, 'Uncaught TypeError: the listener of "x" has no method handleEvent'],
    ])
  })

  // Node has no phases: these are DOM §2.9.
  it('calls listeners that capture before the others, unless they stop the event', () => {
    const script = `
      const target = new EventTarget(); const seen = []
      target.addEventListener('x', () => seen.push('bubble'))
      target.addEventListener('x', () => seen.push('capture'), true)
      target.dispatchEvent(new Event('x'))
      target.addEventListener('x', (event) => event.stopPropagation(), { capture: true })
      target.dispatchEvent(new Event('x'))
      const stopped = new Event('x'); stopped.cancelBubble = true
      target.dispatchEvent(stopped)
      return [...seen, stopped.cancelBubble]`
    expect(inEngine(script, 'events')).toEqual(['capture', 'bubble', 'capture', false])
  })

  // Node 20 differs in these, too: DOM §2.2 and §3.2.
  it('does not let a passive listener cancel, and lets older code cancel', () => {
    const script = `
      const target = new EventTarget(); const legacy = new Event('y', { cancelable: true })
      target.addEventListener('x', (event) => event.preventDefault(), { passive: true })
      legacy.returnValue = false
      return [target.dispatchEvent(new Event('x', { cancelable: true })), legacy.defaultPrevented,
        legacy.BUBBLING_PHASE]`
    expect(inEngine(script, 'events')).toEqual([true, true, 3])
  })

  it('has aborted every dependent signal before any of them tells', () => {
    const script = `
      const controller = new AbortController(); const seen = []
      const [one, two] = [AbortSignal.any([controller.signal]), AbortSignal.any([controller.signal])]
      controller.signal.onabort = () => seen.push(one.aborted, two.aborted)
      one.onabort = () => seen.push(two.aborted)
      controller.abort()
      return seen`
    expect(inEngine(script, 'events')).toEqual([true, true, true])
  })

  it('does not abort at once by a time that is longer than a timer can be', () => {
    const script =
      'const signal = AbortSignal.timeout(2 ** 40); await sleep(5); return signal.aborted'
    expect(inEngine(script, 'events')).toBe(false)
  })

  it('lets go of signals that depend on several when one of these aborts', () => {
    const script = `
      const [long, short] = [new AbortController(), new AbortController()]; const seen = []
      AbortSignal.any([long.signal, short.signal]).onabort = ({ target }) => seen.push(target.reason)
      short.abort('short'); long.abort('long')
      return seen`
    expect(inEngine(script, 'events')).toEqual(['short'])
  })

  it('says InvalidStateError for an event that is being dispatched', () => {
    const script = `
      const target = new EventTarget(); let error
      target.addEventListener('x', (event) => { error = thrown(() => target.dispatchEvent(event)) })
      target.dispatchEvent(new Event('x'))
      return error`
    expect(inEngine(script, 'events')).toBe('InvalidStateError 11')
  })

  it('can be initialised again, but not while it is dispatched', () => {
    const script = `
      const target = new EventTarget(); const event = new Event('x')
      target.addEventListener('x', () => event.initEvent('z'))
      target.dispatchEvent(event)
      const before = event.type
      event.initEvent('y', true, true)
      return [before, event.type, event.bubbles, event.cancelable, event.target]`
    expect(inEngine(script, 'events')).toEqual(['x', 'y', true, true, null])
  })

  it('has what Node 20 lacks', () => {
    const script = `
      const close = new CloseEvent('close', { code: 4001, reason: 'r', wasClean: true })
      const error = new ErrorEvent('error', { message: 'm', filename: 'f', lineno: 1, colno: 2, error: 3 })
      return [close.code, close.reason, close.wasClean, new CloseEvent('close').code, String(close),
        error.message, error.filename, error.lineno, error.colno, error.error]`
    expect(inEngine(script, 'events')).toEqual([
      ...[4001, 'r', true, 0, '[object CloseEvent]'],
      ...['m', 'f', 1, 2, 3],
    ])
  })
})
