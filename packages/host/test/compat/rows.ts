/** How a plugin is hosted, in the order of the table's columns, which are the ways without their SDKs. */
export const hostings = [
  'event, SDK 1.0.3',
  'event, SDK 2.0.0-rc13',
  'worker, SDK 1.0.3',
  'worker, SDK 2.0.0-rc13',
  'jspi, SDK 2.0.0-rc13',
  'plain, SDK 1.0.3',
  'plain, SDK 2.0.0-rc13',
  'plain with JSPI, SDK 2.0.0-rc13',
  'plain in a worker, SDK 1.0.3',
  'plain in a worker, SDK 2.0.0-rc13',
] as const

export type Hosting = (typeof hostings)[number]

export function wayOf(hosting: Hosting): string {
  return hosting.split(', SDK ')[0] ?? hosting
}

/** Whether this Node hosts plugins so: SDK 2 uses JSPI where it is, on newer versions. */
export function isHere(hosting: Hosting): boolean {
  const jspi = 'Suspending' in WebAssembly
  if (hosting === 'plain, SDK 2.0.0-rc13') return !jspi
  return jspi || !(hosting.startsWith('jspi') || hosting.includes('JSPI'))
}

/** One row of docs/js-pdk-compat.md: an export of a plugin in plugins/. */
export interface Row {
  readonly api: string
  readonly plugin: 'pdk' | 'language' | 'web' | 'beyond' | 'http'
  readonly run: string
  /** Where it does not simply work: what the call fails with, and what the table says. */
  readonly fails?: Partial<Record<Hosting, readonly [error: RegExp, says: string]>>
  /** How it differs from js-pdk, for the table. */
  readonly note?: string
}

const row = (
  plugin: Row['plugin'],
  run: string,
  api: string,
  rest: Pick<Row, 'fails' | 'note'> = {},
): Row => ({ plugin, run, api, ...rest })

const wouldBlock = [/waits for its response/, '`EWS_WOULD_BLOCK`'] as const
const cannotWait = [/did not carry out/, '`EWS_UNSUPPORTED`'] as const
const noHeaders = [/null instead of "test"/, 'none'] as const
const plainHeaders = {
  'plain with JSPI, SDK 2.0.0-rc13': noHeaders,
  'plain in a worker, SDK 1.0.3': noHeaders,
  'plain in a worker, SDK 2.0.0-rc13': noHeaders,
}

/** Extism's own HTTP, which needs a host that can wait. */
const inForeground = { 'plain, SDK 1.0.3': cannotWait, 'plain, SDK 2.0.0-rc13': cannotWait }
/** Ours waits in the modes `worker` and `jspi`. */
const synchronous = {
  ...inForeground,
  'event, SDK 1.0.3': wouldBlock,
  'event, SDK 2.0.0-rc13': wouldBlock,
}

export const tables: Readonly<Record<string, readonly Row[]>> = {
  objects: [
    row('pdk', 'inputString', '`Host.inputString`'),
    row('pdk', 'inputBytes', '`Host.inputBytes`'),
    row('pdk', 'outputString', '`Host.outputString`'),
    row('pdk', 'outputBytes', '`Host.outputBytes`', { note: 'takes views as well' }),
    row('pdk', 'base64', '`Host.arrayBufferToBase64`, `Host.base64ToArrayBuffer`'),
    row('pdk', 'getFunctions', '`Host.getFunctions`', {
      note: 'any number of arguments, of all four types; negative `I64` results are negative',
    }),
    row('pdk', 'invokeFunc', '`Host.invokeFunc`, `Host.invokeFunc0`'),
    row('pdk', 'config', '`Config.get`'),
    row('pdk', 'variables', '`Var.set`, `Var.getBytes`, `Var.getString`', {
      note: 'the worker of SDK 1.0.3 forgets them between calls',
    }),
    row('pdk', 'fromString', '`Memory.fromString`, `Memory.find`, `free`, `readString`'),
    row('pdk', 'fromBuffer', '`Memory.fromBuffer`, `readBytes`'),
    row('pdk', 'fromJsonObject', '`Memory.fromJsonObject`, `readJsonObject`'),
    row('pdk', 'numbersInMemory', '`Memory.alloc…` and `read…` of numbers'),
    row('pdk', 'memoryHandle', '`MemoryHandle`'),
    row('http', 'httpRequest', '`Http.request`', { fails: synchronous }),
    row('http', 'httpPost', '`Http.request` with a body', {
      fails: synchronous,
      note: 'bytes are sent as they are, where js-pdk sends `1,2,3`',
    }),
    row('http', 'httpHeaders', '`Http.request`: headers of the response', {
      fails: { ...plainHeaders, ...synchronous },
    }),
  ],
  globals: [
    row('language', 'dates', '`Date`'),
    row('language', 'consoleLevels', '`console.log`, `info`, `warn`, `error`, `debug`'),
    row(
      'web',
      'consoleMethods',
      '`console.assert`, `count`, `time`, `table`, `group`, `dir`, `trace` …',
    ),
    row('language', 'encodesText', '`TextEncoder`'),
    row('language', 'decodesText', '`TextDecoder`', { note: 'streams, which js-pdk refuses' }),
    row('language', 'urls', '`URL`'),
    row('language', 'urlSearchParams', '`URLSearchParams`'),
    row('web', 'urlPattern', '`URLPattern`'),
    row('web', 'base64Text', '`atob`, `btoa`'),
    row('web', 'clones', '`structuredClone`'),
    row('web', 'cloneOfFunction', '`structuredClone` of what cannot be cloned'),
    row('web', 'randomValues', '`crypto.getRandomValues`', {
      note: 'a build error at the top level of a plugin',
    }),
    row('web', 'randomUuid', '`crypto.randomUUID`', {
      note: 'a build error at the top level of a plugin',
    }),
    row('web', 'digest', '`crypto.subtle.digest`'),
    row('web', 'performanceClock', '`performance`'),
    row('web', 'domException', '`DOMException`'),
    row('web', 'events', '`Event`, `EventTarget`', {
      note: 'as the standard has them: `signal`, `once`, object listeners, errors are reported',
    }),
    row('web', 'microtasks', '`queueMicrotask`', {
      note: 'asynchronous, where js-pdk calls at once',
    }),
    row('web', 'globalNames', '`self`, `global`'),
    row('web', 'buffers', '`Buffer`'),
    row('web', 'headers', '`Headers`'),
    row('web', 'responses', '`Response`'),
    row('web', 'requests', '`Request`'),
    row('http', 'fetchText', '`fetch`', { fails: inForeground }),
    row('http', 'fetchPost', '`fetch` with method, headers and body', { fails: inForeground }),
    row('http', 'fetchHeaders', '`fetch`: headers of the response', {
      fails: { ...inForeground, ...plainHeaders },
    }),
    row('http', 'fetchStream', '`fetch`: body as a stream', { fails: inForeground }),
  ],
  beyond: [
    row('beyond', 'timers', '`setTimeout`, `setInterval` …'),
    row('beyond', 'immediates', '`setImmediate`'),
    row('beyond', 'aborts', '`AbortController`, `AbortSignal`'),
    row('beyond', 'moreEvents', '`MessageEvent`, `CloseEvent`, `ErrorEvent`, `CustomEvent`'),
    row('beyond', 'blobs', '`Blob`'),
    row('beyond', 'streams', '`ReadableStream`, `WritableStream`, `TransformStream`'),
  ],
}
