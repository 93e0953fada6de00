import { engineSymbol } from '@extism-ws/guest/engine'

import type { PreludeEngine } from '../prelude/loop.js'

/** What the core leaves for these scripts: bundles cannot share a module with it. */
export const { native, loop, extismFunctions, needHost, warnAtBuild } = (
  globalThis as unknown as { [engineSymbol]: PreludeEngine }
)[engineSymbol]
