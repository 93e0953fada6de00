import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { createPlugin } from '../../src/index.js'
import { buildFile } from '../build.js'
import { TestServer } from '../server.js'
import { hostedBy, named, type Hosting } from './hosting.js'

/** What holds while the memory of a plugin grows: nothing is written or read where it was before. */
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

    /** A plugin starts with less than 2 MiB. */
    const outcome = async (name: string, count: number): Promise<unknown> => {
      const file = await buildFile('memory', hosting.layer === 'portable')
      await using plugin = await createPlugin(file, {
        ...hostedBy(hosting),
        sockets: { allow: [server.origin] },
        timeoutMs: 20_000,
      })
      const input = JSON.stringify({ url: `${server.origin}/echo`, count })
      return (await plugin.call(name, input))?.json()
    }

    it('may grow while messages are delivered', async () => {
      const grown = { wrong: [], mebibytes: 40, intact: true }
      expect(await outcome('whileDelivered', 40)).toEqual(grown)
    })

    it('may grow between what is sent, and for it', async () => {
      const grown = { wrong: [], mebibytes: 20, intact: true }
      expect(await outcome('whileSent', 20)).toEqual(grown)
    })

    it.runIf(waits)('may grow between functions that wait', async () => {
      const grown = { wrong: [], mebibytes: 40, intact: true }
      expect(await outcome('betweenWaits', 10)).toEqual(grown)
    })
  })
}
