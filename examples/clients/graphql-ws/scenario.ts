import { createClient } from 'graphql-ws'

/** Queries and subscribes, fails as GraphQL does, and leaves a subscription before its end. */
export async function scenario(url: string) {
  const events: string[] = []
  const client = createClient({
    url,
    lazy: false,
    connectionParams: { user: 'Ada' },
    on: {
      connected: (_, payload) => events.push(`connected: ${JSON.stringify(payload)}`),
      closed: (event) => events.push(`closed: ${String((event as { code: number }).code)}`),
    },
  })
  const all = async (query: string, variables: Record<string, unknown> = {}) => {
    const results: unknown[] = []
    for await (const result of client.iterate({ query, variables })) results.push(result)
    return results
  }
  const hello = await all('{ hello }')
  const counted = await all('subscription ($to: Int!) { count(to: $to) }', { to: 4 })
  const together = await Promise.all([all('subscription { count(to: 2) }'), all('{ hello }')])
  const failed = await all('{ fail }')
  const invalid = await all('{ nothing }').catch((errors: unknown) => errors)

  let seen = 0
  for await (const _ of client.iterate({ query: 'subscription { forever }' })) {
    if (++seen === 3) break
  }
  const left = await all('{ left }')
  await client.dispose()
  await new Promise((resolve) => setTimeout(resolve, 50))
  return { hello, counted, together, failed, invalid, seen, left, events }
}
