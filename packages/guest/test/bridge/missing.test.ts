import { expect, test } from 'vitest'

import { bridge } from '../../src/bridge/missing.js'

test('outside a plugin the library says how to get into one', () => {
  expect(() => bridge()).toThrow(
    expect.objectContaining({
      code: 'EWS_UNSUPPORTED',
      message: expect.stringContaining('extism-ws build'),
    }),
  )
})
