import type { ExtismSdk } from '@extism-ws/host'

// Not by static imports: Node warns of WASI when it links them, before any module has run.
/** The SDK that plugins are measured with. */
export const sdk = (await import('extism-rc')) as unknown as ExtismSdk
/** The one that npm calls latest. */
export const releasedSdk = (await import('@extism/extism')) as unknown as ExtismSdk
