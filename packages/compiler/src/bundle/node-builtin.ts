import { isBuiltin } from 'node:module'

const noFiles = 'have the host pass the data in, as the input or through Config'
const noNetwork = 'use fetch for HTTP, or a WebSocket'
const noProcesses = 'have the host do it, in a host function of its own'
const general =
  'look for a version of the package for browsers, or have the host do it in a host function'

/** What takes the place of a part of Node. */
const instead: Readonly<Record<string, string>> = {
  assert: 'install the npm package assert',
  buffer: 'Buffer is a global, without an import',
  child_process: noProcesses,
  cluster: noProcesses,
  console: 'console is a global, without an import',
  crypto: 'use globalThis.crypto, the Web Crypto API',
  dgram: noNetwork,
  dns: noNetwork,
  events: 'install the npm package events, or use EventTarget',
  fs: noFiles,
  'fs/promises': noFiles,
  http: noNetwork,
  http2: noNetwork,
  https: noNetwork,
  net: noNetwork,
  os: 'nothing of the machine can be seen: have the host pass the data in through Config',
  path: 'install the npm package path-browserify',
  perf_hooks: 'performance is a global, without an import',
  process: 'there is no process: environment variables are what Config is for',
  punycode: 'install the npm package punycode, and import "punycode/"',
  querystring: 'use URLSearchParams',
  stream: 'use ReadableStream, WritableStream and TransformStream',
  'stream/web': 'ReadableStream and its kin are globals, without an import',
  string_decoder: 'use TextDecoder with { stream: true }',
  timers: 'setTimeout and setInterval are globals, without an import',
  tls: noNetwork,
  url: 'URL and URLSearchParams are globals, without an import',
  util: 'install the npm package util',
  worker_threads: noProcesses,
  zlib: 'install the npm package fflate',
}

/** What to do instead of importing a part of Node; undefined when `name` is none. */
export function insteadOf(name: string): string | undefined {
  if (!isBuiltin(name)) return undefined
  const plain = name.replace(/^node:/, '')
  return (Object.hasOwn(instead, plain) ? instead[plain] : undefined) ?? general
}
