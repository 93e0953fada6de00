import { WebsocketProvider } from 'y-websocket'
import { Doc } from 'yjs'

/** One of two who edit a document. */
export interface Editor {
  readonly url: string
  readonly name: string
  readonly other: string
  /** Yjs draws it by lot; here the outcome must be the same each time. */
  readonly clientID: number
}

/** Edits alone first, then connects, and edits on until both have said that they are done. */
export async function scenario({ url, name, other, clientID }: Editor) {
  const doc = new Doc()
  doc.clientID = clientID
  const text = doc.getText('text')
  const list = doc.getArray<string>('list')
  const done = doc.getMap<boolean>('done')
  text.insert(0, `${name} was here. `)
  list.push([`${name} 1`, `${name} 2`])

  const provider = new WebsocketProvider(url, 'notes', doc, { disableBc: true })
  const { awareness } = provider
  awareness.setLocalState({ name })
  const until = async (what: () => boolean) => {
    while (!what()) await new Promise((resolve) => setTimeout(resolve, 5))
  }
  await until(() => text.toString().includes(other))
  // Everyone sees the other's edits now, so this one depends on them.
  if (clientID === 1) text.insert(text.length, 'The end.')
  else list.delete(0)
  await until(() => list.length === 3 && text.toString().endsWith('The end.'))
  await until(() => [...awareness.getStates().values()].some((state) => state['name'] === other))
  done.set(name, true)
  await until(() => done.get(other) === true)
  provider.destroy()
  return { text: text.toString(), list: list.toJSON(), done: done.toJSON() }
}
