import { connect, type PluginCall } from '@extism-ws/guest'

/** What the server sends, as JSON. */
interface Tick {
  readonly number: number
  readonly price: number
}

/** Listens to a price feed until the server ends it, and answers a summary of it. */
export async function run(call: PluginCall) {
  await using feed = await connect(call.inputText())
  console.log(`connected to ${feed.url}`)

  let count = 0
  let sum = 0
  let min = Infinity
  let max = -Infinity
  let last = 0
  let reported = Date.now()

  // One turn per message, as it arrives; the loop ends when the server closes the connection.
  for await (const { price } of feed.json<Tick>()) {
    count++
    sum += price
    min = Math.min(min, price)
    max = Math.max(max, price)
    last = price
    if (count % 200 === 0) {
      const seconds = (Date.now() - reported) / 1000
      reported = Date.now()
      console.log(`${count} ticks, ${Math.round(200 / seconds)} per second, price ${price}`)
    }
  }
  return { count, min, max, mean: sum / count, last }
}
