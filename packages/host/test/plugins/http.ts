import type { PluginCall } from '@extism-ws/guest'

interface Asked {
  url: string
  [option: string]: unknown
}

const asked = (call: PluginCall): Asked => JSON.parse(call.inputText()) as Asked

/** One request with everything, and what came back. */
export async function post(call: PluginCall) {
  const { url, body } = asked(call) as Asked & { body: string }
  const response = await fetch(url, { method: 'POST', headers: { 'x-plugin': 'yes' }, body })
  const { status, ok, redirected } = response
  return {
    status,
    ok,
    redirected,
    server: response.headers.get('x-server'),
    ...(await response.json()),
  }
}

/** Many requests at a time, while a timer ticks. */
export async function many(call: PluginCall) {
  const { url, count } = asked(call) as Asked & { count: number }
  let ticks = 0
  const timer = setInterval(() => ticks++, 1)
  const texts = await Promise.all(
    Array.from({ length: count }, async () => (await fetch(url)).text()),
  )
  clearInterval(timer)
  return { texts: [...new Set(texts)], count: texts.length, ticked: ticks > 0 }
}

/** Counts a body as it comes. */
export async function bytes(call: PluginCall) {
  const response = await fetch(asked(call).url)
  let count = 0
  let sum = 0
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    count += chunk.length
    sum += chunk[0] ?? 0
  }
  return { count, sum: sum > 0 }
}

/** What a request that is given up ends with. */
export async function aborted(call: PluginCall) {
  try {
    await fetch(asked(call).url, { signal: AbortSignal.timeout(20) })
    return { name: 'answered' }
  } catch (error) {
    return { name: (error as Error).name }
  }
}

/** The error of a request that fails, as the author sees it. */
export async function failure(call: PluginCall) {
  try {
    await fetch(asked(call).url)
    return 'answered'
  } catch (error) {
    const { name, cause } = error as Error & { cause?: { code?: string } }
    return { name, code: cause?.code }
  }
}

/** The same, as the host sees it. */
export async function uncaught(call: PluginCall) {
  await fetch(asked(call).url)
}
