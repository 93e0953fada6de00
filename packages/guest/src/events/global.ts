// `#events` in plugins of our engine: the global classes, so that a plugin has one of each.
import type * as own from './own.js'
import { eventsSymbol, type SharedEvents } from './shared.js'

const classes = globalThis as unknown as typeof own
export const { CloseEvent, ErrorEvent, Event, EventTarget, MessageEvent } = classes

const shared = (globalThis as unknown as { [eventsSymbol]: SharedEvents })[eventsSymbol]
export const { defineHandlers, fire, fireMessage, messageState, onlyListener } = shared
