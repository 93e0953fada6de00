import { moduleOf } from '../plugins.js'
import type { Row } from '../row.js'
import type { ClientSide } from '../sides/client.js'
import { modes } from '../sides/modes.js'
import { pluginSide } from '../sides/plugin.js'
import { rawSide } from '../sides/raw.js'
import { echoRow } from './echo.js'
import { floodRow, medium, small } from './flood.js'

/** The same plugin in every mode that this Node has, and through the portable layer. */
export const modeRows: readonly Row[] = [
  echoRow('echo, 64 B, modes and layers', 64, allWays),
  echoRow('echo, 1 KiB, modes and layers', 1024, allWays),
  floodRow('flood, 64 B binary, modes and layers', less(small), allWays),
  floodRow('flood, 1 KiB binary, modes and layers', less(medium), allWays),
]

/** There are many sides, some of which take long. */
function less<T extends { readonly count: number }>(full: T): T {
  return { ...full, count: full.count / 2 }
}

async function allWays(): Promise<ClientSide[]> {
  const module = await moduleOf('client')
  return [
    rawSide,
    ...modes.map((mode) => pluginSide(mode, module, mode)),
    pluginSide('event, portable', await moduleOf('client', { portable: true }), 'event'),
  ]
}
