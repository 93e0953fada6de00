/**
 * Everything that the tables of js-pdk's README have. Only its names: a plugin contains the whole of
 * what its code can reach.
 */
export function kinds(): string[] {
  const everything = [
    ...[Host, Config, Var, Http, Memory, MemoryHandle],
    ...[fetch, Headers, Request, Response],
    ...[URL, URLSearchParams, URLPattern],
    ...[TextEncoder, TextDecoder, atob, btoa, Buffer],
    ...[console, structuredClone, performance, queueMicrotask],
    ...[crypto.getRandomValues, crypto.randomUUID, crypto.subtle.digest],
    ...[DOMException, Event, EventTarget, Date, self, global],
  ]
  return everything.map((value) => typeof value)
}
