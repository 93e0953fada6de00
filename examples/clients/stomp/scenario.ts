import { Client, type IMessage, type StompHeaders } from '@stomp/stompjs'

/** Queues with acknowledgements, a topic with two readers, transactions, bytes and heartbeats. */
export async function scenario(url: string) {
  const client = new Client({
    brokerURL: `${url}/ws`,
    connectHeaders: { login: 'guest', passcode: 'guest' },
    heartbeatIncoming: 100,
    heartbeatOutgoing: 100,
  })
  const connected = await new Promise<StompHeaders>((resolve) => {
    client.onConnect = ({ headers }) => resolve(headers)
    client.activate()
  })
  let receipts = 0
  /** Waits until the broker has done what asks for this receipt. */
  const done = async (ask: (receipt: string) => void) =>
    new Promise<void>((resolve) => {
      const receipt = `receipt-${++receipts}`
      client.watchForReceipt(receipt, () => resolve())
      ask(receipt)
    })
  const publish = async (destination: string, body: string, headers: StompHeaders = {}) =>
    done((receipt) => client.publish({ destination, body, headers: { ...headers, receipt } }))

  const orders = new Reader(3)
  await publish('/queue/orders', 'first', { note: 'a:b\nc\\d' })
  await publish('/queue/orders', 'Grüße, 世界')
  await done((receipt) =>
    client.publish({
      destination: '/queue/orders',
      binaryBody: new Uint8Array([0, 10, 128, 255]),
      headers: { receipt },
    }),
  )
  client.subscribe('/queue/orders', orders.read, { ack: 'client-individual' })
  const received = await orders.all()
  received[0]?.nack()
  received[1]?.ack()
  received[2]?.ack()
  orders.more(1)
  const [, , , again] = await orders.all()
  again?.ack()

  const readers = [new Reader(2), new Reader(2)]
  for (const { read } of readers) {
    await done((receipt) => void client.subscribe('/topic/news', read, { receipt }))
  }
  const inTransaction = (transaction: string, body: string) =>
    client.publish({ destination: '/topic/news', body, headers: { transaction } })
  const kept = client.begin()
  inTransaction(kept.id, 'in a transaction')
  const dropped = client.begin()
  inTransaction(dropped.id, 'never sent')
  dropped.abort()
  await publish('/topic/news', 'at once')
  kept.commit()
  const news = await Promise.all(readers.map(async (reader) => reader.all()))

  // RabbitMQ wants a heartbeat each second: without them it would cut the connection.
  await new Promise((resolve) => setTimeout(resolve, 2500))
  const alive = client.connected
  await client.deactivate()
  return {
    version: connected['version'],
    orders: received.map(({ body, headers, binaryBody }, index) => [
      index === 2 ? [...binaryBody] : body,
      headers['note'],
    ]),
    again: [again?.body, again?.headers['redelivered']],
    news: news.map((messages) => messages.map(({ body }) => body)),
    alive,
    connected: client.connected,
  }
}

/** Collects the messages of a subscription until there are enough. */
class Reader {
  readonly #messages: IMessage[] = []
  #count: number
  #enough = () => {}

  constructor(count: number) {
    this.#count = count
  }

  readonly read = (message: IMessage) => {
    this.#messages.push(message)
    if (this.#messages.length >= this.#count) this.#enough()
  }

  more(count: number): void {
    this.#count += count
  }

  async all(): Promise<readonly IMessage[]> {
    if (this.#messages.length < this.#count) {
      await new Promise<void>((resolve) => (this.#enough = resolve))
    }
    return [...this.#messages]
  }
}
