import { createPlugin, type Plugin } from '@extism-ws/host'
import { quietWasi } from '../quiet-wasi.js'
import { ExampleServer } from '../server.js'

quietWasi()
await using server = await ExampleServer.start()

/** An instance of the plugin that has joined the room: its socket stays open between calls. */
async function enter(name: string): Promise<Plugin> {
  const plugin = await createPlugin(new URL('../plugins/chat.wasm', import.meta.url), {
    sockets: { allow: [server.origin] },
  })
  await plugin.call('join', `${server.origin}/chat?name=${name}`)
  return plugin
}

async function read(name: string, plugin: Plugin): Promise<void> {
  const line = await plugin.call('read')
  console.log(`${name} reads   "${line?.text()}"`)
}

async function say(name: string, plugin: Plugin, text: string): Promise<void> {
  console.log(`${name} says    "${text}"`)
  await plugin.call('say', text)
}

await using ada = await enter('Ada')
await using bob = await enter('Bob')

await read('Ada', ada)
await say('Ada', ada, 'Hello, Bob!')
await read('Bob', bob)
await say('Bob', bob, 'Hello, Ada! I have to go.')
await read('Ada', ada)

console.log('Bob leaves')
await bob.call('leave')
await read('Ada', ada)
