import mqtt, { type IClientOptions, type MqttClient } from 'mqtt'

const messages: unknown[] = []
let client: MqttClient | undefined
let connects = 0
let wake = () => {}

/** Publishes and subscribes in every quality of service, with a retained message and a last will. */
export async function start(url: string) {
  client = await mqtt.connectAsync(url, { clientId: 'ada', reconnectPeriod: 50 })
  connects = 1
  client.on('connect', () => {
    connects++
    wake()
  })
  client.on('message', (topic, payload, { qos, retain }) => {
    messages.push({ topic, payload: [...payload], qos, retain })
    wake()
  })

  await client.subscribeAsync('letters/#', { qos: 2 })
  for (const qos of [0, 1, 2] as const) {
    await client.publishAsync(`letters/${qos}`, `quality ${qos}`, { qos })
    await arrived(qos + 1)
  }
  await client.publishAsync('letters/bytes', Buffer.from([0, 128, 255]), { qos: 1 })
  await arrived(4)

  await client.publishAsync('news', 'kept', { qos: 1, retain: true })
  await client.subscribeAsync('news', { qos: 1 })
  await arrived(5)

  await client.subscribeAsync('wills/bob', { qos: 1 })
  const will: IClientOptions['will'] = {
    topic: 'wills/bob',
    payload: Buffer.from('gone'),
    qos: 1,
    retain: false,
  }
  const bob = await mqtt.connectAsync(url, { clientId: 'bob', will, reconnectPeriod: 0 })
  // By force, without the packet that says goodbye: that is what a will is for.
  await bob.endAsync(true)
  await arrived(6)
  return { messages: messages.splice(0), connects }
}

/** After the broker was restarted: the client comes back by itself, with its subscriptions. */
export async function resume() {
  if (client === undefined) throw new Error('start first')
  while (connects < 2) await change()
  // The retained message comes with the subscription, if the broker kept it.
  await arrived(1)
  await client.publishAsync('letters/again', 'I am back', { qos: 2 })
  await arrived(2)
  await client.endAsync()
  return { messages: messages.splice(0), connected: client.connected }
}

async function arrived(count: number): Promise<void> {
  while (messages.length < count) await change()
}

async function change(): Promise<void> {
  return new Promise((resolve) => (wake = resolve))
}
