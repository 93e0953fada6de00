// Starts requests that never end, closes the plugin, and prints what is left then. It must end by itself:
// whatever keeps it alive is a leak.
//
//   node http.js <guest.wasm> <origin of an HttpServer> <cells of the guest, as JSON>

import { readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { encodeRecords, requestRecord } from '@extism-ws/protocol'

import { createPlugin } from '../../dist/index.js'
import { left } from './left.js'

const [, , file, origin, cells] = process.argv
const cell = JSON.parse(cells)

const plugin = await createPlugin(await readFile(file), {
  http: { allow: [new URL(origin).origin] },
  functions: { test: { delivered() {} } },
})
const { memory } = (await plugin.getInstance()).exports
const view = new DataView(memory.buffer)
const requests = ['/drip', '/silent', '/hello', '/bytes?count=90000000'].map((path, i) =>
  requestRecord(i + 1, {
    method: 'GET',
    url: origin + path,
    headers: [],
    redirect: 'follow',
    body: new Uint8Array(0),
  }),
)
const output = encodeRecords(requests)
new Uint8Array(memory.buffer).set(output, cell.output)
view.setFloat64(cell.never, Infinity, true)
view.setUint32(cell.outputBytes, output.length, true)
view.setUint32(cell.pointer, 65_536, true)
await plugin.call('run')
await pause(200)
const open = plugin.open
await plugin.close()
await pause(50)
const kept = await left(/TCP|TLS|Timeout|Immediate|Zlib|GetAddrInfo/)
console.log(JSON.stringify({ open, after: plugin.open, left: kept }))
