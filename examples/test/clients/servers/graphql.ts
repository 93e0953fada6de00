import { useServer } from 'graphql-ws/use/ws'
import { buildSchema } from 'graphql'
import { WebSocketServer } from 'ws'

import { listening, type TestServer } from './server.js'

const schema = buildSchema(`
  type Query { hello: String, fail: String, left: Boolean }
  type Subscription { count(to: Int!): Int, forever: Int }
`)

interface Context {
  readonly connectionParams?: { readonly user?: string }
}

/** graphql-ws's own server. */
export async function startGraphqlServer(): Promise<TestServer> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  // Resolved when a subscriber leaves.
  let leave = () => {}
  const left = new Promise<void>((resolve) => (leave = resolve))
  const running = useServer(
    {
      schema,
      context: (context) => context,
      roots: {
        query: {
          hello: (_: unknown, { connectionParams }: Context) =>
            `Hello, ${String(connectionParams?.user)}!`,
          fail: () => {
            throw new Error('no such luck')
          },
          left: async () => {
            await left
            return true
          },
        },
        subscription: {
          async *count({ to }: { to: number }) {
            for (let count = 1; count <= to; count++) yield { count }
          },
          async *forever() {
            try {
              for (let forever = 1; ; forever++) {
                yield { forever }
                await new Promise((resolve) => setTimeout(resolve, 5))
              }
            } finally {
              leave()
            }
          },
        },
      },
      onConnect: () => ({ server: 'graphql-ws' }),
    },
    server,
  )
  return listening(server, async () => running.dispose())
}
