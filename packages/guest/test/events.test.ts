import { describe, expect, test } from 'vitest'

import {
  CloseEvent,
  ErrorEvent,
  Event,
  EventTarget,
  MessageEvent,
  newAbortState,
} from '../src/events/index.js'
import { FakeEngine } from './fake-engine.js'

const engine = new FakeEngine().install()

function setUp(): { target: EventTarget; heard: string[]; reports: unknown[] } {
  engine.reports.length = 0
  return { target: new EventTarget(), heard: [], reports: engine.reports }
}

describe('the interfaces', () => {
  test('need two arguments for a listener, and as many have their methods', () => {
    expect(EventTarget.prototype.addEventListener.length).toBe(2)
    expect(EventTarget.prototype.removeEventListener.length).toBe(2)
    expect(EventTarget.prototype.dispatchEvent.length).toBe(1)
  })

  test.each(['cancelBubble', 'returnValue'])('%s of what is no event is a TypeError', (name) => {
    for (const value of [true, false]) {
      expect(() => Reflect.set(Event.prototype, name, value, {})).toThrow(TypeError)
    }
  })
})

describe('listeners', () => {
  test('leave nothing with their signal when they are gone, however they went', () => {
    const { target, heard } = setUp()
    const signal = {}
    const { steps } = newAbortState(signal)
    const removed = (): void => void heard.push('removed')
    target.addEventListener('open', () => heard.push('once'), { once: true, signal })
    target.addEventListener('open', removed, { signal })
    target.addEventListener('open', () => heard.push('aborted'), { signal })
    expect(steps.size).toBe(3)
    target.removeEventListener('open', removed)
    target.dispatchEvent(new Event('open'))
    expect(steps.size).toBe(1)
    for (const step of steps) step()
    target.dispatchEvent(new Event('open'))
    expect(steps.size).toBe(0)
    expect(heard).toEqual(['once', 'aborted'])
  })

  test('are called in the order in which they were added, with the event', () => {
    const { target, heard } = setUp()
    target.addEventListener('open', (event: Event) => heard.push(`a ${event.type}`))
    target.addEventListener('open', (event: Event) => heard.push(`b ${event.type}`))
    target.addEventListener('close', () => heard.push('not this'))
    expect(target.dispatchEvent(new Event('open'))).toBe(true)
    expect(heard).toEqual(['a open', 'b open'])
  })

  test('that are functions have the target as `this`', () => {
    const { target } = setUp()
    const seen: unknown[] = []
    target.addEventListener('open', function (this: unknown) {
      seen.push(this)
    })
    target.dispatchEvent(new Event('open'))
    expect(seen).toEqual([target])
  })

  test('may be objects with `handleEvent`, which is looked up at each event', () => {
    const { target, heard } = setUp()
    const listener = {
      name: 'object',
      handleEvent(): void {
        heard.push(`first ${this.name}`)
      },
    }
    target.addEventListener('open', listener)
    target.dispatchEvent(new Event('open'))
    listener.handleEvent = function () {
      heard.push(`second ${this.name}`)
    }
    target.dispatchEvent(new Event('open'))
    expect(heard).toEqual(['first object', 'second object'])
  })

  test('are called once when they are added twice', () => {
    const { target, heard } = setUp()
    const listener = (): unknown => heard.push('a')
    target.addEventListener('open', listener)
    target.addEventListener('open', listener)
    target.dispatchEvent(new Event('open'))
    expect(heard).toEqual(['a'])
  })

  test('with `once` hear one event, even if they cause the next', () => {
    const { target, heard } = setUp()
    const listener = (): void => {
      heard.push('a')
      target.dispatchEvent(new Event('open'))
    }
    target.addEventListener('open', listener, { once: true })
    target.dispatchEvent(new Event('open'))
    target.dispatchEvent(new Event('open'))
    expect(heard).toEqual(['a'])
  })

  test('that are removed hear nothing', () => {
    const { target, heard } = setUp()
    const listener = (): unknown => heard.push('a')
    target.addEventListener('open', listener)
    target.removeEventListener('close', listener)
    target.removeEventListener('open', listener)
    target.removeEventListener('open', listener)
    target.dispatchEvent(new Event('open'))
    expect(heard).toEqual([])
  })

  test('that are removed by an earlier one during the event are not called', () => {
    const { target, heard } = setUp()
    const second = (): unknown => heard.push('second')
    target.addEventListener('open', () => target.removeEventListener('open', second))
    target.addEventListener('open', second)
    target.dispatchEvent(new Event('open'))
    expect(heard).toEqual([])
  })

  test('that are added during the event wait for the next', () => {
    const { target, heard } = setUp()
    const added = (): unknown => heard.push('added')
    target.addEventListener('open', () => target.addEventListener('open', added))
    target.dispatchEvent(new Event('open'))
    expect(heard).toEqual([])
    target.dispatchEvent(new Event('open'))
    expect(heard).toEqual(['added'])
  })

  test('may be null, which adds and removes nothing', () => {
    const { target } = setUp()
    target.addEventListener('open', null)
    target.removeEventListener('open', null)
    expect(target.dispatchEvent(new Event('open'))).toBe(true)
  })

  test('that throw are reported, and the next ones are called', () => {
    const { target, heard, reports } = setUp()
    const boom = new Error('boom')
    target.addEventListener('open', () => {
      throw boom
    })
    target.addEventListener('open', { handleEvent: null as never })
    target.addEventListener('open', () => heard.push('last'))
    target.dispatchEvent(new Event('open'))
    expect(heard).toEqual(['last'])
    expect(reports).toEqual([boom, expect.any(TypeError)])
  })

  test('behind one that stops the event immediately are not called', () => {
    const { target, heard } = setUp()
    target.addEventListener('open', (event: Event) => event.stopImmediatePropagation())
    target.addEventListener('open', () => heard.push('second'))
    target.dispatchEvent(new Event('open'))
    expect(heard).toEqual([])
  })
})

describe('events', () => {
  test('know their target, and their current one only meanwhile', () => {
    const { target } = setUp()
    const event = new Event('open')
    const during: unknown[] = []
    target.addEventListener('open', () => during.push(event.currentTarget))
    target.dispatchEvent(event)
    expect(during).toEqual([target])
    expect(event.target).toBe(target)
    expect(event.currentTarget).toBeNull()
  })

  test('cannot be cancelled by default', () => {
    const { target } = setUp()
    target.addEventListener('open', (event: Event) => event.preventDefault())
    const event = new Event('open')
    expect(target.dispatchEvent(event)).toBe(true)
    expect(event.defaultPrevented).toBe(false)
  })

  test('of a message carry its data and origin', () => {
    const event = new MessageEvent('message', { data: 'x', origin: 'ws://feed.example' })
    expect(event).toBeInstanceOf(Event)
    expect(event).toMatchObject({
      type: 'message',
      data: 'x',
      origin: 'ws://feed.example',
      lastEventId: '',
      source: null,
      ports: [],
    })
  })

  test('of a close carry code, reason and wasClean, which default as the standard has it', () => {
    expect(new CloseEvent('close')).toMatchObject({ code: 0, reason: '', wasClean: false })
    const init = { code: 3000, reason: 'x', wasClean: true }
    expect(new CloseEvent('close', init)).toMatchObject({ type: 'close', ...init })
  })

  test('of an error carry it', () => {
    const error = new Error('boom')
    expect(new ErrorEvent('error', { error, message: 'boom' })).toMatchObject({ error })
  })

  test.each([Event, MessageEvent, CloseEvent, ErrorEvent])('%o needs a type', (kind) => {
    expect(() => new (kind as new () => unknown)()).toThrow(TypeError)
    expect(kind.length).toBe(1)
  })

  test('have their attributes on the prototype, enumerable, for events only', () => {
    const { get, enumerable } =
      Object.getOwnPropertyDescriptor(MessageEvent.prototype, 'data') ?? {}
    expect(enumerable).toBe(true)
    expect(() => get?.call({})).toThrow(TypeError)
    expect(Object.keys(new Event('x'))).toEqual([])
    expect(String(new MessageEvent('x'))).toBe('[object MessageEvent]')
  })

  test('have the time at which it was first asked for', () => {
    const event = new Event('x')
    const { timeStamp } = event
    expect(timeStamp).toBeGreaterThan(0)
    expect(event.timeStamp).toBe(timeStamp)
  })
})
