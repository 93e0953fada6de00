import { connect, type PluginCall, type Socket } from '@extism-ws/guest'

interface Member {
  readonly socket: Socket
  sent: number
  echoed: number
}

const members: Member[] = []
let wrong = 0
let running = true

/** Opens sockets; each sends a number once a second, and checks what comes back. */
export async function start(call: PluginCall): Promise<void> {
  const { url, sockets } = JSON.parse(call.inputText()) as { url: string; sockets: number }
  const opened = Array.from({ length: sockets }, async () => {
    const member = { socket: await connect(url), sent: 0, echoed: 0 }
    members.push(member)
    void check(member)
    // Not all in the same moment.
    setTimeout(() => say(member), Math.random() * 1000)
  })
  await Promise.all(opened)
}

function say(member: Member): void {
  if (!running) return
  member.socket.send(String(member.sent++))
  setTimeout(() => say(member), 1000)
}

async function check(member: Member): Promise<void> {
  for await (const message of member.socket) {
    if (message !== String(member.echoed)) wrong++
    member.echoed++
  }
}

/** Says nothing more. */
export function stop(): void {
  running = false
}

export function report() {
  const sum = (of: (member: Member) => number): number =>
    members.reduce((total, member) => total + of(member), 0)
  return {
    sockets: members.length,
    sent: sum(({ sent }) => sent),
    echoed: sum(({ echoed }) => echoed),
    wrong,
  }
}
