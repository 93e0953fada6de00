import {
  CloseEvent,
  CustomEvent,
  defineHandlers,
  ErrorEvent,
  Event,
  eventsSymbol,
  EventTarget,
  fire,
  MessageEvent,
  fireMessage,
  messageState,
  onlyListener,
  type SharedEvents,
} from '@extism-ws/guest/events'

import { define } from './define.js'
import { AbortController, AbortSignal } from './events/abort-signal.js'

define({
  AbortController,
  AbortSignal,
  CloseEvent,
  CustomEvent,
  ErrorEvent,
  Event,
  EventTarget,
  MessageEvent,
})

const shared: SharedEvents = { defineHandlers, fire, fireMessage, messageState, onlyListener }
Object.defineProperty(globalThis, eventsSymbol, { value: shared })
