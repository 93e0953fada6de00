import { connect, type PluginCall, type Socket } from '@extism-ws/guest'

// What is kept here outlives a call: the room stays joined while the host does something else.
let room: Socket | undefined

/** Enters the room whose URL is the input. */
export async function join(call: PluginCall) {
  room = await connect(call.inputText())
}

/** Says the input to everyone else in the room. */
export function say(call: PluginCall) {
  joined().send(call.inputText())
}

/** Waits for the next line that someone else caused, and answers it. */
export async function read() {
  return joined().receive()
}

export async function leave() {
  await joined().close()
  room = undefined
}

function joined(): Socket {
  if (room === undefined) throw new Error('join a room first')
  return room
}
