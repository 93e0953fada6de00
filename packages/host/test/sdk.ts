import * as released from '@extism/extism'
import * as candidate from 'extism-rc'

import type { ExtismSdk } from '../src/index.js'

/** Every version of the SDK that this package supports. */
export const sdks = {
  '1.0.3': released as unknown as ExtismSdk,
  '2.0.0-rc13': candidate as unknown as ExtismSdk,
} as const

export type SdkVersion = keyof typeof sdks
