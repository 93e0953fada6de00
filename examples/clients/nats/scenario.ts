import { AckPolicy, connect, headers, JSONCodec, StringCodec, type NatsConnection } from 'nats.ws'

const text = StringCodec()
const json = JSONCodec<{ number: number }>()

/** Publishes and subscribes, asks and answers, and consumes a stream of JetStream. */
export async function scenario(url: string) {
  const connection = await connect({ servers: url, name: 'Ada' })
  const { max_payload: largest } = connection.info ?? {}

  const subscription = connection.subscribe('letters.*', { max: 3 })
  const about = headers()
  about.set('From', 'Ada')
  connection.publish('letters.a', text.encode('Grüße'), { headers: about })
  connection.publish('letters.b', new Uint8Array([0, 128, 255]))
  connection.publish('other', text.encode('not subscribed'))
  connection.publish('letters.c')
  const letters: unknown[] = []
  for await (const { subject, data, headers: sent } of subscription) {
    letters.push({ subject, data: [...data], from: sent?.get('From') })
  }

  connection.subscribe('double', {
    callback: (_, message) =>
      message.respond(json.encode({ number: json.decode(message.data).number * 2 })),
  })
  const answers = await Promise.all(
    [1, 2, 3].map(async (number) => {
      const { data } = await connection.request('double', json.encode({ number }))
      return json.decode(data).number
    }),
  )
  const nobody = await connection.request('nobody').catch((error: unknown) => String(error))

  const stream = await consume(connection)
  await connection.drain()
  return { largest, letters, answers, nobody, ...stream, closed: connection.isClosed() }
}

async function consume(connection: NatsConnection) {
  const manager = await connection.jetstreamManager()
  await manager.streams.add({ name: 'ORDERS', subjects: ['orders.>'] })
  const stream = connection.jetstream()
  const sequence: number[] = []
  for (let number = 1; number <= 4; number++) {
    const { seq } = await stream.publish(`orders.${number}`, json.encode({ number }))
    sequence.push(seq)
  }
  await manager.consumers.add('ORDERS', { durable_name: 'shop', ack_policy: AckPolicy.Explicit })
  const consumer = await stream.consumers.get('ORDERS', 'shop')
  const orders: unknown[] = []
  for await (const message of await consumer.fetch({ max_messages: 2, expires: 5000 })) {
    orders.push([message.subject, json.decode(message.data).number])
    await message.ackAck()
  }
  // Not acknowledged, so it is delivered again.
  const returned = await consumer.next({ expires: 5000 })
  returned?.nak()
  for await (const message of await consumer.consume()) {
    orders.push([message.subject, json.decode(message.data).number, message.redelivered])
    await message.ackAck()
    if (orders.length === 4) break
  }
  const { num_pending: pending, num_ack_pending: unacknowledged } = await consumer.info()
  const deleted = await manager.streams.delete('ORDERS')
  // A message that was handed back comes again as soon as the server gets to it.
  return { sequence, orders: orders.map(String).toSorted(), pending, unacknowledged, deleted }
}
