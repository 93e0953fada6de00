import { expect, test } from 'vitest'

import { bridge } from '../../src/bridge/missing.js'
import { syncBridge } from '../../src/bridge/missing-sync.js'

test.each([bridge, syncBridge])('outside a plugin %o says how to get into one', (missing) => {
  expect(() => missing()).toThrow(
    expect.objectContaining({
      code: 'EWS_UNSUPPORTED',
      message: expect.stringContaining('extism-ws build'),
    }),
  )
})
