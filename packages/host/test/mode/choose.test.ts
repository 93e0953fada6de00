import { describe, expect, it, vi } from 'vitest'

import type { ExtismSdk } from '../../src/index.js'
import { chooseMode, hasJspi, sdkSuspends, type ModeOption } from '../../src/mode/choose.js'
import { sdks } from '../sdk.js'

const unasked = (): Promise<ExtismSdk> => Promise.reject(new Error('the SDK was asked for'))

describe('the mode of a plugin', () => {
  it.each(['event', 'worker'] as const)(
    'is %s when that is asked for, whatever waits',
    async (mode) => {
      for (const waits of [true, false]) {
        expect(await chooseMode(mode, unasked, { waits })).toBe(mode)
      }
    },
  )

  it('is event by itself when nothing waits, without a look at the SDK', async () => {
    expect(await chooseMode('auto', unasked, { waits: false })).toBe('event')
  })

  it('is worker by itself when something waits and the SDK cannot suspend', async () => {
    const sdk = async (): Promise<ExtismSdk> => sdks['1.0.3']
    expect(await chooseMode('auto', sdk, { waits: true })).toBe('worker')
  })

  it('is never jspi on an SDK that cannot suspend, and says what is missing', async () => {
    const choice = chooseMode('jspi', async () => sdks['1.0.3'], { waits: true })
    await expect(choice).rejects.toMatchObject({ code: 'EWS_UNSUPPORTED' })
    await expect(choice).rejects.toThrow(hasJspi() ? /2\.0\.0-rc\.11 or newer/ : process.version)
  })

  it.each(['', 'Event', 'toString', undefined])('cannot be %j', async (mode) => {
    const choice = chooseMode(mode as ModeOption, unasked, { waits: true })
    await expect(choice).rejects.toBeInstanceOf(TypeError)
  })

  // Node 20 cannot suspend Wasm: there, a newer one runs this (test/newer-node.test.ts).
  it.skipIf(!hasJspi())('is jspi where Node and the SDK can suspend', async () => {
    const sdk = async (): Promise<ExtismSdk> => sdks['2.0.0-rc13']
    for (const mode of ['jspi', 'auto'] as const) {
      expect(await chooseMode(mode, sdk, { waits: true })).toBe('jspi')
    }
  })

  it('asks an SDK once whether it suspends, and not at all where Node cannot', async () => {
    const createPlugin = vi.fn<ExtismSdk['createPlugin']>(() => Promise.reject(new Error('broken')))
    const sdk = { createPlugin }
    expect([await sdkSuspends(sdk), await sdkSuspends(sdk)]).toEqual([false, false])
    expect(createPlugin).toHaveBeenCalledTimes(hasJspi() ? 1 : 0)
  })
})
