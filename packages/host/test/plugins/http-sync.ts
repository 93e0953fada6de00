import type { PluginCall } from '@extism-ws/guest'

interface Asked {
  url: string
  method?: string
  headers?: Record<string, string>
  body?: string
}

interface HttpResponse {
  status: number
  body: string
  headers: Record<string, string>
}

declare const Http: {
  request(request: Omit<Asked, 'body'>, body?: string | Uint8Array): HttpResponse
}

const asked = (call: PluginCall): Asked => JSON.parse(call.inputText()) as Asked

/** One request with everything, and what came back. */
export function request(call: PluginCall): HttpResponse {
  const { body, ...rest } = asked(call)
  return Http.request(rest, body)
}

/** A body of every byte, and what the server got of it. */
export function bytes(call: PluginCall): string {
  const body = Uint8Array.from({ length: 256 }, (_, i) => i)
  return Http.request({ url: asked(call).url, method: 'PUT' }, body).body
}

/** The same request again and again. */
export function many(call: PluginCall): string[] {
  const bodies = Array.from({ length: 50 }, () => Http.request(asked(call)).body)
  return [...new Set(bodies)]
}

/** What a request throws, as the author sees it, and that the next one is not harmed. */
export function failure(call: PluginCall): object {
  try {
    return Http.request(asked(call))
  } catch (error) {
    const { code, name, message } = error as Error & { code: string }
    return { code, name, message }
  }
}

/** How long the body is. */
export function length(call: PluginCall): number {
  return Http.request(asked(call)).body.length
}

/** A synchronous request while asynchronous ones are under way: they go on behind it. */
export async function between(call: PluginCall): Promise<string[]> {
  const { url } = asked(call)
  const steps: string[] = []
  const first = fetch(url).then(async (response) => steps.push(`fetched ${await response.text()}`))
  setTimeout(() => steps.push('timer'), 0)
  steps.push(`requested ${Http.request({ url }).body}`)
  await first
  await new Promise((resolve) => setTimeout(resolve, 5))
  return steps.filter((step) => step !== 'timer')
}

const controller = new AbortController()

/** Two asynchronous requests, which go on until they are stopped. */
export async function crowd(call: PluginCall): Promise<void> {
  const { signal } = controller
  await Promise.allSettled([1, 2].map(() => fetch(asked(call).url, { signal })))
}

export function disperse(): void {
  controller.abort()
}

/** It is the plugin's own time. */
export function busy(): void {
  for (;;);
}

export function healthy(): string {
  return 'healthy'
}
