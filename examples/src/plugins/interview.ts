import { connect, type PluginCall, type Restart, type Socket } from '@extism-ws/guest'

/** Answers the questions of an interviewer, for as long as these come. */
export async function start(call: PluginCall): Promise<void> {
  const socket = await connect(call.inputText(), { name: 'interview' })
  remember(socket, 0)
  void answer(socket)
}

/**
 * The host has built this plugin anew: its memory is a fresh one. The connection is still there, and so is
 * what was saved with it.
 */
export function onRestart(restart: Restart): void {
  for (const socket of restart.sockets) {
    console.log(`alive again (${restart.reason.code}), after ${answered(socket)} answers`)
    for (const { event } of restart.possiblyHandled) {
      // It had not answered when it died; this time it is shorter about it.
      if (event.type === 'message') reply(socket, `${String(event.data)} Better not.`)
    }
    void answer(socket)
  }
}

async function answer(socket: Socket): Promise<void> {
  for await (const question of socket) {
    if (String(question).includes('needle')) hang()
    reply(socket, `${String(question)} Yes.`)
  }
}

function reply(socket: Socket, text: string): void {
  socket.send(text)
  remember(socket, answered(socket) + 1)
}

function remember(socket: Socket, count: number): void {
  socket.attachment = Uint8Array.of(count)
}

function answered(socket: Socket): number {
  return socket.attachment?.[0] ?? 0
}

/** Hangs in native code, which no interrupt of the engine reaches: the host has to end the thread. */
function hang(): void {
  console.log('searching, which takes longer than I may')
  'a'.repeat(2_000_000).indexOf('a'.repeat(1_000_000) + 'b')
}
