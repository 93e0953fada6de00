import { expect, test } from 'vitest'

import { engineSymbol } from '../src/engine.js'
import { dispatch, engine, host } from './fake-bridge.js'

test('sockets have their events also where the loop comes after the library', async () => {
  Reflect.deleteProperty(globalThis, engineSymbol)
  const { connect } = await import('../src/index.js')
  expect(engine.source).toBeUndefined()
  engine.install()
  const promise = connect('ws://feed.example/')
  host.last.open().message('hello')
  await dispatch()
  expect(await (await promise).receive()).toBe('hello')
})
