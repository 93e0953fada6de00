import { bridge } from '#bridge'

import { findEngine } from './engine.js'

/**
 * The method `send` of a class: that of an engine that hands messages over when the entry ends, many at a time, and
 * leaves what it cannot promise to `slow`; elsewhere `slow` itself.
 */
export function sending<Send extends (data: never) => void>(slow: Send): Send {
  const send = findEngine()?.native.sending?.(slow)
  return send === undefined ? slow : Object.defineProperty(send, 'name', { value: 'send' })
}

/** The object sends on an open socket from here on, if its class has such a method. */
export function startSending(object: object, socket: number): void {
  bridge().sender?.(object, socket)
}

/** Its socket is open no more: what it sends is refused, or counted. */
export function stopSending(object: object): void {
  bridge().sender?.(object, 0)
}
