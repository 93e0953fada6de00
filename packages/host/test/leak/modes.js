// Long calls and many calls in one mode; prints memory before and after as JSON. It must end by itself:
// whatever keeps it alive is a leak.
//
//   node --expose-gc modes.js <waiting.wasm> <url of an echo server> <mode> <specifier of the SDK>

import { createPlugin } from '../../dist/index.js'

const [, , file, url, mode, extism] = process.argv
const plugin = await createPlugin(file, {
  mode,
  extism,
  timeoutMs: 60_000,
  sockets: { allow: ['ws://127.0.0.1:*'] },
})

/** What is alive on this thread, and what the process has besides V8's reserve: other threads too. */
function resident() {
  globalThis.gc()
  const { rss, heapTotal, heapUsed, external } = process.memoryUsage()
  return { alive: heapUsed + external, resident: rss - heapTotal }
}

/** Every message is numbered, and the plugin checks the numbers. */
async function flood(count) {
  const output = await plugin.call('flood', JSON.stringify({ url, count }))
  return output.json()
}

async function calls(count) {
  for (let i = 0; i < count; i++) await plugin.call('healthy')
}

const samples = []
let flooded
if (mode !== 'event') {
  await flood(20_000)
  samples.push(resident())
  flooded = await flood(100_000)
  samples.push(resident())
}
await calls(20_000)
samples.push(resident())
await calls(100_000)
samples.push(resident())
await plugin.close()
console.log(JSON.stringify({ flooded, samples, open: plugin.open }))
