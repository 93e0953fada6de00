import { RecordType } from '@extism-ws/protocol'

import type { EventRecord } from './event-record.js'
import type { Socket } from './socket.js'

/** From these events on a socket takes other amounts. */
const changes = new Set<number>([RecordType.open, RecordType.reconnecting, RecordType.reconnected])

/** What the sockets of a session take, for a thread that sends without asking for each message. */
export class Rooms {
  readonly #sockets: ReadonlyMap<number, Socket>
  /** Called when a socket can be sent on, with what it takes, and with `undefined` when it cannot any more. */
  onChange: (socket: number, room: number | undefined) => void = () => {}

  constructor(sockets: ReadonlyMap<number, Socket>) {
    this.#sockets = sockets
  }

  /** Sockets that can be sent on, with what each takes. */
  get all(): (readonly [socket: number, room: number])[] {
    return [...this.#sockets.values()].flatMap((socket) =>
      socket.state === 'open' ? [[socket.id, socket.sendRoom] as const] : [],
    )
  }

  /** How large a message may be that is taken now; 0 for a socket that is none. */
  of(id: number): number {
    return this.#sockets.get(id)?.sendRoom ?? 0
  }

  /** The socket can be sent on. */
  opened(id: number): void {
    this.onChange(id, this.of(id))
  }

  /** It cannot any more. */
  closed(id: number): void {
    this.onChange(id, undefined)
  }

  /** An event is about to be told of. */
  follow({ type, id }: EventRecord): void {
    if (changes.has(type)) this.opened(id)
    else if (type === RecordType.close) this.closed(id)
  }
}
