import { createPlugin } from '@extism-ws/host'
import { quietWasi } from '../quiet-wasi.js'
import { ExampleServer } from '../server.js'

quietWasi()
await using server = await ExampleServer.start()

// A plugin reaches what the host allows, and nothing else.
await using plugin = await createPlugin(new URL('../plugins/echo.wasm', import.meta.url), {
  sockets: { allow: [server.origin] },
})

// Resolves when the promise of the plugin's function has settled.
const answer = await plugin.call('run', `${server.origin}/echo`)
const { text, bytes } = answer?.json<{ text: string; bytes: number[] }>() ?? {}
console.log(`text came back:     ${text}`)
console.log(`bytes came back:    ${bytes?.join(', ')}`)

const standard = await plugin.call('runStandard', `${server.origin}/echo`)
console.log(`through WebSocket:  ${standard?.text()}`)
