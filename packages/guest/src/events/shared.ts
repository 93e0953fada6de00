import type { defineHandlers } from './event-handler.js'
import type { messageState } from './event-kind.js'
import type { fire, fireMessage, onlyListener } from './event-target.js'

/** Under it the engine's script of events leaves what is no global: bundles cannot share modules. */
export const eventsSymbol = Symbol.for('extism-ws.events')

/** What is left there. */
export interface SharedEvents {
  readonly defineHandlers: typeof defineHandlers
  readonly fire: typeof fire
  readonly fireMessage: typeof fireMessage
  readonly messageState: typeof messageState
  readonly onlyListener: typeof onlyListener
}

/**
 * The key of an event's state. A private field would cost half a microsecond per event, because its
 * definition is a function that each constructor calls. Registered, so that `console` can hide it.
 */
export const stateKey: unique symbol = Symbol.for('extism-ws.event')

/** That of a message's data, which is no part of its state: everything else is the same for all of a target. */
export const dataKey: unique symbol = Symbol.for('extism-ws.data')
