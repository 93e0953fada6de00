/** A script that adds globals to an engine which has the core. */
export interface GlobalScript {
  /** Its file in `globals/`, and that of its bytecode. */
  readonly name: string
  /**
   * What it defines, and methods by which code gets at it without its name. A plugin gets the script
   * when its bundle has one of these words in it.
   */
  readonly defines: readonly string[]
  /** Scripts that it needs, by name; they come before it in the list. */
  readonly needs: readonly string[]
  /** Host functions of Extism that it calls where nobody attached the plugin. */
  readonly imports?: readonly string[]
}

/**
 * Every global that is not part of the core, in the order in which they are evaluated. The core's
 * own (`Host`, `Config`, `Var`, timers, text encoding) are in prelude/; `DOMException`,
 * `atob`, `btoa` and the rest of ECMAScript come with the engine.
 */
export const globalScripts: readonly GlobalScript[] = [
  { name: 'memory', defines: ['Memory', 'MemoryHandle'], needs: [] },
  { name: 'console', defines: ['console'], needs: [] },
  { name: 'performance', defines: ['performance'], needs: [] },
  {
    name: 'events',
    defines: [
      'AbortController',
      'AbortSignal',
      'CloseEvent',
      'CustomEvent',
      'ErrorEvent',
      'Event',
      'EventTarget',
      'MessageEvent',
      // Of the call object, and of the options that take one.
      'signal',
    ],
    needs: [],
  },
  { name: 'structured-clone', defines: ['structuredClone'], needs: [] },
  { name: 'report-error', defines: ['reportError'], needs: [] },
  { name: 'immediate', defines: ['clearImmediate', 'setImmediate'], needs: [] },
  {
    name: 'message-channel',
    defines: ['MessageChannel', 'MessagePort'],
    needs: ['events', 'structured-clone'],
  },
  {
    name: 'streams',
    defines: [
      'ByteLengthQueuingStrategy',
      'CountQueuingStrategy',
      'ReadableByteStreamController',
      'ReadableStream',
      'ReadableStreamBYOBReader',
      'ReadableStreamBYOBRequest',
      'ReadableStreamDefaultController',
      'ReadableStreamDefaultReader',
      'TransformStream',
      'TransformStreamDefaultController',
      'WritableStream',
      'WritableStreamDefaultController',
      'WritableStreamDefaultWriter',
      // Of `response.body` and `blob.stream()`. Those who only iterate over these, or cancel them,
      // do without the script: see globals/blob/byte-stream.ts.
      'getReader',
      'pipeThrough',
      'pipeTo',
      'tee',
    ],
    needs: ['events'],
  },
  { name: 'text-streams', defines: ['TextDecoderStream', 'TextEncoderStream'], needs: ['streams'] },
  // `blob` is a method of requests and responses.
  { name: 'blob', defines: ['Blob', 'File', 'blob'], needs: [] },
  { name: 'url', defines: ['URL', 'URLSearchParams'], needs: [] },
  { name: 'url-pattern', defines: ['URLPattern'], needs: ['url'] },
  { name: 'crypto', defines: ['crypto'], needs: [] },
  { name: 'subtle-crypto', defines: ['subtle'], needs: ['crypto'] },
  { name: 'buffer', defines: ['Buffer'], needs: [] },
  {
    name: 'fetch',
    defines: ['Headers', 'Request', 'Response', 'fetch'],
    needs: ['events', 'url'],
    imports: ['http_request', 'http_status_code'],
  },
  { name: 'http', defines: ['Http'], needs: [], imports: ['http_request', 'http_status_code'] },
]
