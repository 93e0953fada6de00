import type { TypedSocket } from '@extism-ws/guest'

/** What a socket of values came to. */
export interface Outcome {
  readonly read: readonly unknown[]
  /** `CODE: message`, of messages that are not such values. */
  readonly failures: readonly string[]
  /** Characters or bytes of those messages. */
  readonly lengths: readonly number[]
}

/** Sends values to a server that echoes, and reads until all are back. */
export async function outcome<In, Out>(
  connected: Promise<TypedSocket<In, Out>>,
  values: readonly Out[],
): Promise<Outcome> {
  const read: unknown[] = []
  const failures: string[] = []
  const lengths: number[] = []
  await using socket = await connected
  socket.onUndecodable = ({ message, error }) => {
    failures.push(`${error.code}: ${error.message}`)
    lengths.push(message.length)
  }
  for (const value of values) socket.send(value)
  for await (const value of socket) {
    if (read.push(value) === values.length) break
  }
  return { read, failures, lengths }
}
