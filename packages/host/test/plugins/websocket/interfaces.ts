import { WebSocketError, WebSocketStream } from '@extism-ws/guest'

/** What WebIDL §3.7 says of an interface; the lengths of its operations are those of its fragment. */
interface Interface {
  readonly of: unknown
  readonly inherits?: unknown
  readonly length: number
  readonly constants?: Readonly<Record<string, number>>
  readonly readOnly?: readonly string[]
  readonly attributes?: readonly string[]
  readonly operations?: Readonly<Record<string, number>>
}

type Constructor = (new (...args: unknown[]) => object) & { readonly prototype: object }
type Method = (...args: unknown[]) => unknown

const interfaces: Readonly<Record<string, Interface>> = {
  WebSocket: {
    of: WebSocket,
    inherits: EventTarget,
    length: 1,
    constants: { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 },
    readOnly: ['url', 'readyState', 'bufferedAmount', 'extensions', 'protocol'],
    attributes: ['onopen', 'onerror', 'onclose', 'onmessage', 'binaryType'],
    operations: { close: 0, send: 1 },
  },
  WebSocketStream: {
    of: WebSocketStream,
    length: 1,
    readOnly: ['url', 'opened', 'closed'],
    operations: { close: 0 },
  },
  WebSocketError: {
    of: WebSocketError,
    inherits: DOMException,
    length: 0,
    readOnly: ['closeCode', 'reason'],
  },
  CloseEvent: {
    of: CloseEvent,
    inherits: Event,
    length: 1,
    readOnly: ['wasClean', 'code', 'reason'],
  },
  MessageEvent: {
    of: MessageEvent,
    inherits: Event,
    length: 1,
    readOnly: ['data', 'origin', 'lastEventId', 'source', 'ports'],
  },
  EventTarget: {
    of: EventTarget,
    length: 0,
    operations: { addEventListener: 2, removeEventListener: 2, dispatchEvent: 1 },
  },
  Event: {
    of: Event,
    length: 1,
    constants: { NONE: 0, CAPTURING_PHASE: 1, AT_TARGET: 2, BUBBLING_PHASE: 3 },
    readOnly: [
      'type',
      'target',
      'srcElement',
      'currentTarget',
      'eventPhase',
      'bubbles',
      'cancelable',
      'defaultPrevented',
      'composed',
      'timeStamp',
      'isTrusted', // not a property of every event, as docs/websocket.md says
    ],
    attributes: ['cancelBubble', 'returnValue'],
    operations: {
      composedPath: 0,
      stopPropagation: 0,
      stopImmediatePropagation: 0,
      preventDefault: 0,
      initEvent: 1,
    },
  },
}

/** What an interface lacks, in words. Empty when it is as WebIDL has it. */
export const violations = () =>
  Object.entries(interfaces).flatMap(([name, wanted]) => violationsOf(name, wanted))

function violationsOf(name: string, wanted: Interface): string[] {
  const kind = wanted.of as Constructor
  const parent = (wanted.inherits ?? null) as Constructor | null
  const { prototype } = kind
  const found: string[] = []
  const must = (holds: boolean | undefined, what: string): void => {
    if (holds !== true) found.push(`${name} ${what}`)
  }
  const member = (key: string | symbol) => Object.getOwnPropertyDescriptor(prototype, key)

  must(kind.name === name, 'name')
  must(kind.length === wanted.length, 'length')
  must(Object.getPrototypeOf(kind) === (parent ?? Function.prototype), 'inheritance')
  must(Object.getPrototypeOf(prototype) === (parent ?? Object).prototype, 'prototype chain')
  must(flags(Object.getOwnPropertyDescriptor(kind, 'prototype')) === '', 'prototype property')
  must(flags(member('constructor')) === 'writable configurable', 'constructor property')
  must(member('constructor')?.value === kind, 'constructor')
  must(member(Symbol.toStringTag)?.value === name, 'class string')
  must(flags(member(Symbol.toStringTag)) === 'configurable', 'class string property')
  must(
    refuses(() => (kind as unknown as Method)('ws://a/')),
    'call without new',
  )
  if (wanted.length > 0)
    must(
      refuses(() => new kind()),
      'missing argument',
    )

  for (const [key, value] of Object.entries(wanted.constants ?? {})) {
    for (const holder of [kind, prototype]) {
      const constant = Object.getOwnPropertyDescriptor(holder, key)
      must(constant?.value === value && flags(constant) === 'enumerable', `constant ${key}`)
    }
  }
  for (const key of [...(wanted.readOnly ?? []), ...(wanted.attributes ?? [])]) {
    const { get, set } = member(key) ?? {}
    must(flags(member(key)) === 'enumerable configurable', `attribute ${key}`)
    must(get?.name === `get ${key}` && get.length === 0, `getter of ${key}`)
    must(
      refuses(() => get?.call({})),
      `getter of ${key} of something else`,
    )
    if (wanted.attributes?.includes(key) !== true) {
      must(set === undefined, `setter of ${key}`)
      continue
    }
    must(set?.name === `set ${key}` && set.length === 1, `setter of ${key}`)
    for (const value of [1, 0, 'neither', null]) {
      must(
        refuses(() => set?.call({}, value)),
        `setter of ${key} of something else`,
      )
    }
  }
  for (const [key, length] of Object.entries(wanted.operations ?? {})) {
    const { value } = member(key) ?? {}
    must(flags(member(key)) === 'writable enumerable configurable', `operation ${key}`)
    must((value as Method).name === key && (value as Method).length === length, `shape of ${key}`)
    must(
      refuses(() => (value as Method).call({}, 1)),
      `${key} of something else`,
    )
  }
  const known = Object.keys({ ...wanted.constants, ...wanted.operations })
  const all = new Set([...known, ...(wanted.readOnly ?? []), ...(wanted.attributes ?? [])])
  for (const key of Object.keys(prototype)) must(all.has(key), `has ${key}`)
  return found
}

function flags(property: PropertyDescriptor | undefined): string {
  return (['writable', 'enumerable', 'configurable'] as const)
    .filter((flag) => property?.[flag] === true)
    .join(' ')
}

/** Attributes that are promises are rejected ones instead of throwing. */
function refuses(action: () => unknown): boolean {
  try {
    const result = action()
    if (!(result instanceof Promise)) return false
    result.catch(() => {})
    return true
  } catch (error) {
    return error instanceof TypeError
  }
}
