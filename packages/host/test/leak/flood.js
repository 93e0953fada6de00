// 10,000 messages through a plugin, several times over; prints what is left as JSON. It must end by
// itself: whatever keeps it alive is a leak.
//
//   node --expose-gc flood.js <plugin.wasm> <url of an echo server>

import { createPlugin } from '../../dist/index.js'
import { left } from './left.js'

const [file, url] = process.argv.slice(2)
const rounds = 12
const plugin = await createPlugin(file, { sockets: { allow: ['ws://127.0.0.1:*'] } })
const { memory } = (await plugin.getInstance()).exports
const samples = []
let messages = 0
for (let round = 0; round < rounds; round++) {
  const output = await plugin.call('inOrder', JSON.stringify({ url, count: 10_000 }))
  messages += output.json()
  globalThis.gc()
  samples.push({ guest: memory.buffer.byteLength, host: process.memoryUsage().heapUsed })
}
const open = plugin.open
await plugin.close()
console.log(JSON.stringify({ messages, open, after: plugin.open, left: await left(), samples }))
