import { expect, it } from 'vitest'

import { scenario, type Editor } from '../../clients/y-websocket/scenario.js'
import { answer, asJson, kept, openClient } from './client.js'
import { startYServer } from './servers/y.js'

const document = {
  text: 'Ada was here. Bob was here. The end.',
  list: ['Ada 2', 'Bob 1', 'Bob 2'],
  done: { Ada: true, Bob: true },
}

function editors(url: string): [Editor, Editor] {
  return [
    { url, name: 'Ada', other: 'Bob', clientID: 1 },
    { url, name: 'Bob', other: 'Ada', clientID: 2 },
  ]
}

it('two plugins with yjs converge on one document as two programs in Node do', async () => {
  const server = kept(await startYServer())
  const ada = await openClient('y-websocket', server.url)
  const bob = await openClient('y-websocket', server.url)
  const [first, second] = editors(server.url)
  const inPlugins = await Promise.all([
    answer(ada, 'edit', JSON.stringify(first)),
    answer(bob, 'edit', JSON.stringify(second)),
  ])
  const other = kept(await startYServer())
  const inNode = asJson(await Promise.all(editors(other.url).map(scenario)))
  expect(inPlugins).toEqual(inNode)
  expect(inPlugins).toEqual([document, document])
})

it('a plugin and a program in Node converge on one document', async () => {
  const server = kept(await startYServer())
  const plugin = await openClient('y-websocket', server.url)
  const [ada, bob] = editors(server.url)
  expect(
    asJson(await Promise.all([answer(plugin, 'edit', JSON.stringify(ada)), scenario(bob)])),
  ).toEqual([document, document])
})
