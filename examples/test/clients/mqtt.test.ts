import { expect, it } from 'vitest'

import * as scenario from '../../clients/mqtt/scenario.js'
import { answer, asJson, kept, openClient } from './client.js'
import { startMosquitto, type Mosquitto } from './servers/mosquitto.js'
import { isMissing } from './servers/program.js'

/** What comes before the broker is restarted, and what after. */
async function outcome(
  broker: Mosquitto,
  start: () => Promise<unknown>,
  resume: () => Promise<unknown>,
): Promise<unknown> {
  const before = await start()
  await broker.restart()
  return [before, await resume()]
}

function message(topic: string, payload: string | number[], qos: number, retain = false) {
  return { topic, payload: [...Buffer.from(payload as string)], qos, retain }
}

it.skipIf(isMissing('mosquitto'))(
  'mqtt talks to Mosquitto, and reconnects to it, in a plugin as in Node',
  async () => {
    const first = kept(await startMosquitto())
    const plugin = await openClient('mqtt', first.url)
    const inPlugin = await outcome(
      first,
      async () => answer(plugin, 'start', first.url),
      async () => answer(plugin, 'resume'),
    )
    const second = kept(await startMosquitto())
    const inNode = await outcome(second, async () => scenario.start(second.url), scenario.resume)
    expect(inPlugin).toEqual(asJson(inNode))
    expect(inPlugin).toEqual([
      {
        messages: [
          message('letters/0', 'quality 0', 0),
          message('letters/1', 'quality 1', 1),
          message('letters/2', 'quality 2', 2),
          message('letters/bytes', [0, 128, 255], 1),
          message('news', 'kept', 1, true),
          message('wills/bob', 'gone', 1),
        ],
        connects: 1,
      },
      {
        messages: [message('news', 'kept', 1, true), message('letters/again', 'I am back', 2)],
        connected: false,
      },
    ])
  },
)
