import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'

import { createPlugin, type Logger, type Plugin } from '../../src/index.js'
import { buildFile } from '../build.js'
import { TestServer } from '../server.js'
import { hostedBy, named, type Hosting } from './hosting.js'

const mebibyte = 2 ** 20

/** What holds of a plugin's memory: it may grow at any time, and has an end. */
export function memoryContract(hosting: Hosting): void {
  const waits = hosting.mode === 'worker' || hosting.mode === 'jspi'
  describe(`memory: ${named(hosting)}`, () => {
    let server: TestServer

    beforeAll(async () => {
      server = await TestServer.start()
    })
    afterAll(async () => {
      await server.idle()
      await server[Symbol.asyncDispose]()
    })

    const create = async (memoryBytes?: number, logger?: Logger): Promise<Plugin> =>
      createPlugin(await buildFile('memory', hosting.layer === 'portable'), {
        ...hostedBy(hosting),
        sockets: { allow: [server.origin] },
        timeoutMs: 20_000,
        ...(memoryBytes === undefined ? {} : { memoryBytes }),
        ...(logger === undefined ? {} : { logger }),
        // Failures of sockets are what this is about.
        logLevel: 'error',
      })
    const call = async (
      plugin: Plugin,
      name: string,
      path: string,
      count = 0,
    ): Promise<unknown> => {
      const input = JSON.stringify({ url: `${server.origin}${path}`, count })
      return (await plugin.call(name, input))?.json()
    }

    describe('that grows', () => {
      // A plugin starts with less than 2 MiB.
      it.each([
        ['while messages are delivered', 'whileDelivered', 40, 40],
        ['between what is sent, and for it', 'whileSent', 20, 20],
        ...(waits ? [['between functions that wait', 'betweenWaits', 10, 40] as const] : []),
      ] as const)('loses nothing: %s', async (_name, entry, count, mebibytes) => {
        await using plugin = await create()
        const grown = { wrong: [], mebibytes, intact: true }
        expect(await call(plugin, entry, '/echo', count)).toEqual(grown)
      })
    })

    describe('that is small', () => {
      const memoryBytes = 8 * mebibyte
      const largest = 2 * mebibyte
      const push = (size: number, kind: string): string => `/sizes?kind=${kind}&sizes=5,${size},7`

      it.each([
        ['readAll', largest],
        // It has the message three times.
        ...(waits ? [['readAllSync', mebibyte] as const] : []),
      ] as const)('holds what is no more than a quarter of it: %s', async (name, size) => {
        await using plugin = await create(memoryBytes)
        for (const kind of ['text', 'wide', 'binary']) {
          const { lengths } = (await call(plugin, name, push(size, kind))) as Outcome
          expect(lengths).toEqual([5, kind === 'wide' ? size / 2 : size, 7])
        }
      })

      it.each([1, 6 * mebibyte])('is not sent what is larger by %i', async (more) => {
        await using plugin = await create(memoryBytes)
        await using other = await create(memoryBytes)
        for (const each of [plugin, other]) await call(each, 'keep', '/echo')
        for (const name of waits ? ['readAll', 'readAllSync'] : ['readAll']) {
          for (const kind of ['text', 'binary']) {
            const outcome = await call(plugin, name, push(largest + more, kind))
            expect(outcome).toEqual({
              lengths: [5],
              closed: { code: 1006, reason: '', wasClean: false },
              failure: { code: 'EWS_CLOSED', cause: 'EWS_LIMIT' },
            })
            await vi.waitFor(() =>
              expect(server.closes.at(-1)).toMatchObject({ path: '/sizes', code: 1009 }),
            )
          }
        }
        // Its other sockets, and other plugins, have not noticed.
        for (const each of [plugin, other]) {
          expect((await each.call('echo', 'still here'))?.text()).toBe('still here')
          expect([each.restarts, each.open.sockets]).toEqual([0, 1])
        }
      })
    })

    describe('that is full', () => {
      it.runIf(hosting.layer !== 'portable')('holds a message once, and no more', async () => {
        await using plugin = await create(8 * mebibyte)
        await call(plugin, 'fill', '', 2100)
        expect(await call(plugin, 'readAll', '/sizes?kind=binary&sizes=5,1500000,7')).toMatchObject(
          { lengths: [5, 1_500_000, 7] },
        )
      })

      // With so many KiB left there is no room to fetch the message, or none to make a value of it.
      it.each([
        ['readAll', 600],
        ['readAll', 1300],
        // In the direct layer the message is where it was fetched to, and needs no more.
        ...(hosting.layer === 'portable' ? [['readAll', 2100] as const] : []),
        ...(waits ? [['readAllSync', 600] as const, ['readAllSync', 1300] as const] : []),
      ] as const)(
        'ends the socket of a message that does not fit: %s, %i KiB',
        async (name, left) => {
          const lines: string[] = []
          const log = (line: string): void => void lines.push(line)
          await using plugin = await create(8 * mebibyte, {
            debug: log,
            info: log,
            warn: log,
            error: log,
          })
          await call(plugin, 'keep', '/echo')
          await call(plugin, 'fill', '', left)
          const outcome = await call(plugin, name, '/sizes?kind=binary&sizes=5,1500000,7')
          expect(outcome).toMatchObject({
            lengths: [5],
            failure: { code: 'EWS_CLOSED', cause: 'EWS_LIMIT' },
          })
          expect((await plugin.call('echo', 'still here'))?.text()).toBe('still here')
          expect([plugin.restarts, plugin.open.sockets]).toEqual([0, 1])
          // And no more than a few lines about it.
          expect(lines.length).toBeLessThan(5)
          await plugin.call('release')
          expect(await call(plugin, name, '/sizes?kind=binary&sizes=5,1500000,7')).toMatchObject({
            lengths: [5, 1_500_000, 7],
          })
        },
      )
    })
  })
}

interface Outcome {
  readonly lengths: readonly number[]
}
