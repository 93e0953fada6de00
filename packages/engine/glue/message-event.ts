// Events of messages, as `fireMessage` of packages/guest/src/events/event-target.ts fires them, which takes as long as
// all of the rest of their way.

import { arg, free, isException, isObject, isUndefined, JS_Call, JS_DefinePropertyValue, JS_DupValue, JS_EXCEPTION, JS_FreeValue, JS_GetProperty, JS_IsFunction, JS_NewCFunctionData, JS_NewObjectProto, JS_SetProperty, JS_UNDEFINED, JS_ValueToAtom, JSValue, malloc } from "./quickjs"
import { context, dataSlot } from "./state"

/** Configurable, writable and enumerable. */
const PLAIN = 7
const VALUES = 5
/** What takes the message where no event is made here. */
const ACCEPT: usize = 0
const LISTENER: usize = 8
const TARGET: usize = 16
const STATE: usize = 24
const PROTOTYPE: usize = 32

let stateKey: u32 = 0
let dataKey: u32 = 0
let firingKey: u32 = 0
let callbackKey: u32 = 0
/** Ends the dispatch of an event that has come to have a state of its own. */
let endEvent: JSValue = JS_UNDEFINED

/** messageKeys(state, data, firing, callback, end): the properties of events, states and listeners. */
export function js_messageKeys(c: usize, self: JSValue, argc: i32, argv: usize): JSValue {
  stateKey = JS_ValueToAtom(c, arg(argc, argv, 0))
  dataKey = JS_ValueToAtom(c, arg(argc, argv, 1))
  firingKey = JS_ValueToAtom(c, arg(argc, argv, 2))
  callbackKey = JS_ValueToAtom(c, arg(argc, argv, 3))
  endEvent = JS_DupValue(c, arg(argc, argv, 4))
  return JS_UNDEFINED
}

/** messageData(slow): a getter of an event's data, which leaves what has none to `slow`. */
export function js_messageData(c: usize, self: JSValue, argc: i32, argv: usize): JSValue {
  return JS_NewCFunctionData(c, dataSlot, 0, 0, 1, argv)
}

/** The getter that `messageData` makes. */
export function ews_data(c: usize, self: JSValue, argc: i32, argv: usize, magic: i32, slow: usize): JSValue {
  const data = isObject(self) ? JS_GetProperty(c, self, dataKey) : JS_UNDEFINED
  return isUndefined(data) ? JS_Call(c, load<i64>(slow), self, 0, 0) : data
}

/** What `target` got behind socket and form: accept, listener, target, state, prototype. 0 for no memory. */
export function newRecipe(argc: i32, argv: usize): usize {
  const recipe = malloc(8 * VALUES)
  for (let i = 0; recipe && i < VALUES; i++) {
    store<i64>(recipe + (<usize>i << 3), JS_DupValue(context, arg(argc, argv, i + 2)))
  }
  return recipe
}

export function freeRecipe(recipe: usize): void {
  for (let i = 0; i < VALUES; i++) JS_FreeValue(context, load<i64>(recipe + (<usize>i << 3)))
  free(recipe)
}

export function acceptOf(recipe: usize): JSValue {
  return load<i64>(recipe, ACCEPT)
}

/** The function that is to be called with the event; undefined where there is none. */
export function callbackOf(recipe: usize): JSValue {
  const callback = JS_GetProperty(context, load<i64>(recipe, LISTENER), callbackKey)
  if (JS_IsFunction(context, callback)) return callback
  JS_FreeValue(context, callback)
  return JS_UNDEFINED
}

/** Calls the listener with a new event, whose data is `payload`. Returns what that returned. */
export function fire(recipe: usize, callback: JSValue, payload: JSValue, argv: usize): JSValue {
  // The listener may be another one when this one returns.
  const state = JS_DupValue(context, load<i64>(recipe, STATE))
  const target = JS_DupValue(context, load<i64>(recipe, TARGET))
  const event = JS_NewObjectProto(context, load<i64>(recipe, PROTOTYPE))
  let result: JSValue = JS_EXCEPTION
  if (!isException(event)
    && JS_DefinePropertyValue(context, event, stateKey, JS_DupValue(context, state), PLAIN) >= 0
    && JS_DefinePropertyValue(context, event, dataKey, JS_DupValue(context, payload), PLAIN) >= 0) {
    const outer = JS_GetProperty(context, state, firingKey)
    JS_SetProperty(context, state, firingKey, JS_DupValue(context, event))
    store<i64>(argv, event)
    result = JS_Call(context, callback, target, 1, argv)
    JS_SetProperty(context, state, firingKey, outer)
    const last = JS_GetProperty(context, event, stateKey)
    if (last != state) endDispatch(last, argv)
    JS_FreeValue(context, last)
  }
  JS_FreeValue(context, event)
  JS_FreeValue(context, target)
  JS_FreeValue(context, state)
  return result
}

function endDispatch(state: JSValue, argv: usize): void {
  store<i64>(argv, state)
  JS_FreeValue(context, JS_Call(context, endEvent, JS_UNDEFINED, 1, argv))
}
