import { define } from './define.js'
import { AbortController, AbortSignal } from './events/abort-signal.js'
import { CloseEvent, CustomEvent, ErrorEvent, MessageEvent } from './events/event-kind.js'
import { EventTarget } from './events/event-target.js'
import { Event } from './events/event.js'

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
