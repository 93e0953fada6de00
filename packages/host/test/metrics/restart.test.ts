import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { Writable } from 'node:stream'
import { renameImportModule } from '@extism-ws/wasm'
import { pino } from 'pino'
import { expect, it } from 'vitest'

import { createPlugin } from '../../src/index.js'
import { build } from '../build.js'

it('a crash is counted, logged as an error with its code, and published once the plugin is there again', async () => {
  const lines: Record<string, unknown>[] = []
  const logger = pino(
    {},
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        lines.push(JSON.parse(chunk.toString()) as Record<string, unknown>)
        done()
      },
    }),
  )
  const published: unknown[] = []
  const listen = (message: unknown): number => published.push(message)
  subscribe('extism-ws:plugin.restart', listen)
  // Host functions of this package never throw. One of the SDK's does, and that is a trap.
  const { wasm } = await build('restart')
  const trapping = renameImportModule(
    wasm,
    'extism:host/user',
    'extism:host/env',
    new Set(['error_set']),
  )
  const functions = { 'extism:host/user': { tell: () => {} } }
  await using plugin = await createPlugin(trapping, { name: 'crasher', logger, functions })
  await expect(plugin.call('crash')).rejects.toMatchObject({ code: 'EWS_TRAPPED' })
  // Whoever enters next finds another instance.
  await plugin.call('names')
  unsubscribe('extism-ws:plugin.restart', listen)
  const about = { plugin: 'crasher', code: 'EWS_TRAPPED' }
  const anew: unknown = expect.stringMatching(/it is built anew$/)
  expect(lines).toMatchObject([{ level: 50, source: 'host', ...about, restarts: 0, msg: anew }])
  const { session, restarts, calls } = plugin.metrics()
  expect(published).toEqual([{ ...about, session, restarts: 1, message: anew }])
  expect({ restarts, calls }).toEqual({ restarts: 1, calls: { pending: 0, total: 2, failed: 1 } })
})
