import * as released from '@extism/extism'
import * as candidate from 'extism-rc'
import type { ExtismSdk } from '@extism-ws/host'

/** The SDK that plugins are measured with, and the one that npm calls latest. */
export const sdk = candidate as unknown as ExtismSdk
export const releasedSdk = released as unknown as ExtismSdk
