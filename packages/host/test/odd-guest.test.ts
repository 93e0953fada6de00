import { i32Const, op } from '@extism-ws/wasm'
import { describe, expect, it } from 'vitest'

import { createPlugin } from '../src/index.js'
import { needyModule, oddGuest } from './foreign-module.js'
import { sdks, type SdkVersion } from './sdk.js'

describe.each(Object.keys(sdks) as SdkVersion[])(
  'a guest of another maker on SDK %s',
  (version) => {
    const extism = sdks[version]
    const logger = { debug() {}, info() {}, warn() {}, error() {} }

    it('is served although its handshake exports have odd types and values', async () => {
      const plugin = await createPlugin(oddGuest([i32Const(1)]), { extism, logger })
      expect(await plugin.call('run')).toBeNull()
      // Its deadline, an i64, has it dispatched every 5 ms.
      await new Promise((resolve) => setTimeout(resolve, 30))
      expect(await plugin.call('run')).toBeNull()
      await plugin.close()
    })

    it('is refused when it speaks another version of the ABI', async () => {
      const creation = createPlugin(oddGuest([i32Const(7)]), { extism, logger })
      await expect(creation).rejects.toMatchObject({ code: 'EWS_UNSUPPORTED' })
      await expect(creation).rejects.toThrow(/version 7 of the ABI, this host version 1/)
    })

    it('is refused when it traps while it is attached', async () => {
      const creation = createPlugin(oddGuest([op.unreachable]), { extism, logger })
      await expect(creation).rejects.toMatchObject({ code: 'EWS_TRAPPED' })
    })

    it('is refused when it imports what no host has', async () => {
      const creation = createPlugin(needyModule(), { extism, logger })
      await expect(creation).rejects.toMatchObject({ code: 'EWS_BAD_MODULE' })
      await expect(creation).rejects.toThrow(/cannot instantiate the module.*nonsense/)
    })

    it('cannot be given a host function of our name', async () => {
      const functions = { 'extism:host/user': { ws_connect: () => 0 } }
      const creation = createPlugin(oddGuest([i32Const(1)]), { extism, logger, functions })
      await expect(creation).rejects.toBeInstanceOf(TypeError)
      await expect(creation).rejects.toThrow(/"ws_connect" is a host function of @extism-ws\/host/)
    })
  },
)
