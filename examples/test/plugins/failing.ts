import { connect, type PluginCall } from '@extism-ws/guest'

/** Fails in the middle of the feed. */
export async function run(call: PluginCall) {
  await using feed = await connect(call.inputText())
  await feed.receive()
  throw new Error('no more, please')
}
