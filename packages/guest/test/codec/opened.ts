import { afterEach } from 'vitest'

import { connect, type Codec, type CodecOptions, type TypedSocket } from '../../src/index.js'
import { dispatch, host } from '../fake-bridge.js'
import type { FakeConnection } from '../fake-connection.js'

afterEach(async () => {
  host.endAll()
  await dispatch()
})

export async function opened<In, Out>(
  codec: Codec<In, Out>,
  options: CodecOptions = {},
): Promise<{ socket: TypedSocket<In, Out>; server: FakeConnection }> {
  const promise = connect('ws://feed.example/', { codec, ...options })
  const server = host.last.open({ protocol: 'trades' })
  await dispatch()
  return { socket: await promise, server }
}

/** Reads until the end; what ended it comes last. */
export async function readAll(socket: AsyncIterable<unknown>): Promise<unknown[]> {
  const read: unknown[] = []
  try {
    for await (const value of socket) read.push(value)
    read.push('end')
  } catch (error) {
    read.push(error)
  }
  return read
}
