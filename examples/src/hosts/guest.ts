import { createPlugin } from '@extism-ws/host'
import { quietWasi } from '../quiet-wasi.js'
import { ExampleServer } from '../server.js'

const total = 10_000
const [, , file] = process.argv
if (file === undefined) throw new Error('which plugin? guest.js <file.wasm>')

quietWasi()
await using server = await ExampleServer.start()

// Its calls wait for the server, so it runs where it can: on a thread of its own.
await using plugin = await createPlugin(file, {
  mode: 'worker',
  sockets: { allow: [server.origin] },
  // How long the plugin may run in one call; what it waits does not count.
  timeoutMs: 10_000,
})
console.log(`loaded ${file}`)

const answer = await plugin.call('echo', `${server.origin}/echo\nHello from Wasm`)
console.log(`text came back:     ${answer?.text()}`)

const inOrder = await plugin.call('count', `${server.origin}/echo\n${total}`)
console.log(`messages in order:  ${inOrder?.text()} of ${total}`)
