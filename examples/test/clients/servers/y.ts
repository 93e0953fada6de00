import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import { WebSocketServer, type WebSocket } from 'ws'
import { applyAwarenessUpdate, Awareness, encodeAwarenessUpdate } from 'y-protocols/awareness'
import { readSyncMessage, writeSyncStep1, writeUpdate } from 'y-protocols/sync'
import { Doc } from 'yjs'

import { listening, type TestServer } from './server.js'

const sync = 0
const presence = 1

/** A server for y-websocket with one document in memory. */
export async function startYServer(): Promise<TestServer> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  const doc = new Doc()
  const awareness = new Awareness(doc)
  awareness.setLocalState(null)
  const send = (kind: number, write: (encoder: encoding.Encoder) => void, to: WebSocket[]) => {
    const encoder = encoding.createEncoder()
    encoding.writeVarUint(encoder, kind)
    write(encoder)
    for (const socket of to) socket.send(encoding.toUint8Array(encoder))
  }
  doc.on('update', (update: Uint8Array) =>
    send(sync, (encoder) => writeUpdate(encoder, update), [...server.clients]),
  )
  awareness.on('update', (changes: Record<'added' | 'updated' | 'removed', number[]>) => {
    const update = encodeAwarenessUpdate(awareness, Object.values(changes).flat())
    send(presence, (encoder) => encoding.writeVarUint8Array(encoder, update), [...server.clients])
  })
  server.on('connection', (socket) => {
    socket.on('message', (data: Buffer) => {
      const decoder = decoding.createDecoder(data)
      if (decoding.readVarUint(decoder) === presence) {
        applyAwarenessUpdate(awareness, decoding.readVarUint8Array(decoder), socket)
        return
      }
      const answer = encoding.createEncoder()
      encoding.writeVarUint(answer, sync)
      readSyncMessage(decoder, answer, doc, socket)
      // One byte is the kind alone: there is nothing to answer.
      if (encoding.length(answer) > 1) socket.send(encoding.toUint8Array(answer))
    })
    send(sync, (encoder) => writeSyncStep1(encoder, doc), [socket])
    const known = [...awareness.getStates().keys()]
    const states = encodeAwarenessUpdate(awareness, known)
    send(presence, (encoder) => encoding.writeVarUint8Array(encoder, states), [socket])
  })
  return listening(server, () => {
    awareness.destroy()
    doc.destroy()
  })
}
