import { connect, type PluginCall } from '@extism-ws/guest'

interface Tick {
  readonly price: number
}

/** A plugin of the usual size: listens to a price feed until it ends, and answers a summary. */
export async function run(call: PluginCall) {
  await using feed = await connect(call.inputText())
  let count = 0
  let sum = 0
  let min = Infinity
  let max = -Infinity
  for await (const { price } of feed.json<Tick>()) {
    count++
    sum += price
    min = Math.min(min, price)
    max = Math.max(max, price)
    if (count % 200 === 0) console.log(`${count} ticks, price ${price}`)
  }
  return { count, min, max, mean: sum / count }
}
