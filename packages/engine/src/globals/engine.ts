import { engineSymbol } from '@extism-ws/guest/engine'

import type { PreludeEngine } from '../prelude/loop.js'

export const engine = (globalThis as unknown as { [engineSymbol]: PreludeEngine })[engineSymbol]

/** What the core leaves for these scripts: bundles cannot share a module with it. */
export const { native, loop, extismFunctions, hostCall, needHost, warnAtBuild } = engine
