import { afterEach, expect, test } from 'vitest'

import { engine, engineSymbol, runJobs, timedOut } from '../src/engine.js'
import { FakeEngine } from './fake-engine.js'

afterEach(() => {
  Reflect.deleteProperty(globalThis, engineSymbol)
})

test('the engine is found under a registered symbol, which other bundles find too', () => {
  const installed = new FakeEngine().install()
  expect(engineSymbol).toBe(Symbol.for('extism-ws.engine'))
  expect(engine()).toBe(installed)
})

test('without it, code says that it is not inside a plugin', () => {
  expect(() => engine()).toThrow('not inside a plugin made by extism-ws')
  expect(() => runJobs()).toThrow('not inside a plugin made by extism-ws')
})

test('its natives are asked at every call', () => {
  const installed = new FakeEngine().install()
  expect(timedOut()).toBe(false)
  installed.overTime = true
  expect(timedOut()).toBe(true)
  runJobs()
  expect(installed.jobRuns).toBe(1)
})
