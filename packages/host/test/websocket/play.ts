import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { createPlugin, type Limits, type Logger, type Plugin } from '../../src/index.js'
import { buildFile } from '../build.js'
import { sdks } from '../sdk.js'
import { TestServer } from '../server.js'
import { RawServer } from './raw-server.js'

/** What the standard says, the scenario that shows it, the path of a server, and what is seen. */
export type Sentence = readonly [sentence: string, scenario: string, path: string, seen: unknown]

/** What listeners throw is logged, which some scenarios mean to. */
const nothing = (): void => {}
const silent: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing }

/** The servers of a suite: a path that begins with `raw:` is one of the other server. */
export interface Servers {
  readonly server: TestServer
  readonly raw: RawServer
}

/**
 * Plays scenarios of test/plugins/websocket in a compiled plugin, in both layers of the bridge.
 *
 * @param more further tests on the same plugin.
 */
export function sentences(
  part: string,
  rows: readonly Sentence[],
  limits: Partial<Limits> = {},
  more: (
    play: (scenario: string, path: string) => Promise<unknown>,
    servers: () => Servers,
  ) => void = () => {},
): void {
  describe.each(['direct', 'portable'] as const)('in the %s layer', (layer) => {
    let servers: Servers
    let plugin: Plugin

    const play = async (name: string, path: string): Promise<unknown> => {
      const { server, raw } = servers
      const url = path.startsWith('raw:') ? raw.origin + path.slice(4) : server.origin + path
      return (await plugin.call('play', JSON.stringify({ part, name, url })))?.json()
    }

    beforeAll(async () => {
      servers = { server: await TestServer.start(), raw: await RawServer.start() }
      plugin = await createPlugin(await buildFile('websocket', layer === 'portable'), {
        extism: sdks['2.0.0-rc13'],
        sockets: {
          allow: ['ws://127.0.0.1:*'],
          closeTimeoutMs: 1500,
          sendBufferBytes: 4 * 2 ** 20,
          ...limits,
        },
        timeoutMs: 20_000,
        logger: silent,
      })
    })

    afterAll(async () => {
      await plugin.close()
      expect(plugin.open).toEqual({ sockets: 0, requests: 0, calls: 0 })
      await servers.server[Symbol.asyncDispose]()
      await servers.raw[Symbol.asyncDispose]()
    })

    it.each(rows)('%s', async (_sentence, scenario, path, seen) => {
      expect(await play(scenario, path)).toEqual(seen)
    })

    more(play, () => servers)
  })
}
