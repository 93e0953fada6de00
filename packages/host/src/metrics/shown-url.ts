/** Characters of a URL that are told; a plugin may have made up a long one. */
const most = 200

/**
 * A URL as logs and metrics tell it: scheme, host, port and path. Credentials and tokens stand in what
 * is left out.
 */
export function shownUrl(url: string | URL): string {
  const parsed = typeof url === 'string' ? parse(url) : url
  // Whatever the plugin asked for: up to where a query would begin.
  if (parsed === undefined)
    return bounded((String(url).split(/[?#]/, 1)[0] ?? '').replace(/\/\/[^/]*@/, '//'))
  return bounded(`${parsed.protocol}//${parsed.host}${parsed.pathname}`)
}

/** A message in which a URL is told as logs do. */
export function shownMessage(message: string, url: string): string {
  return url === '' ? message : message.replaceAll(url, shownUrl(url))
}

function parse(url: string): URL | undefined {
  try {
    return new URL(url)
  } catch {
    return undefined
  }
}

function bounded(text: string): string {
  return text.length <= most ? text : `${text.slice(0, most)}…`
}
