import { portOf } from './rule.js'

/** Scheme, host and port of a URL, with the default port: itself a pattern of an allow list. */
export function originOf(url: URL): string {
  return `${url.protocol}//${url.hostname}:${portOf(url)}`
}

/** A value for a message: on one line, and not endless. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 120 ? `${text.slice(0, 120)}…` : text)
}
