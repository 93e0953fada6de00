import { createPlugin } from '@extism-ws/host'
import { quietWasi } from '../quiet-wasi.js'
import { ExampleServer } from '../server.js'

quietWasi()
await using server = await ExampleServer.start()
await using plugin = await createPlugin(new URL('../plugins/ticker.wasm', import.meta.url), {
  sockets: { allow: [server.origin] },
})

// What the plugin prints on the way goes to the host's logger: the console, as none was given.
const answer = await plugin.call('run', `${server.origin}/ticker`)
console.log(answer?.json())
