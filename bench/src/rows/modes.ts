import { moduleOf } from '../plugins.js'
import type { Row, Setting } from '../row.js'
import type { ClientSide } from '../sides/client.js'
import { modes } from '../sides/modes.js'
import { pluginSide } from '../sides/plugin.js'
import { rawSide } from '../sides/raw.js'
import { echoRow } from './echo.js'
import { floodRow, medium, small } from './flood.js'

/** Threads, and the other build, are new and cold in every row. */
const options = { warmUps: 3 }

/** The same plugin in every mode that this Node has, and through the portable layer. */
export const modeRows: readonly Row[] = [
  echoRow('echo, 64 B, modes and layers', 64, allWays, options),
  echoRow('echo, 1 KiB, modes and layers', 1024, allWays, options),
  floodRow('flood, 64 B binary, modes and layers', less(small), allWays, options),
  floodRow('flood, 1 KiB binary, modes and layers', less(medium), allWays, options),
]

/** There are many sides, some of which take long. */
function less<T extends { readonly count: number }>(full: T): T {
  return { ...full, count: full.count / 2 }
}

async function allWays({ client }: Setting): Promise<ClientSide[]> {
  const module = await client()
  return [
    rawSide,
    ...modes.map((mode) => pluginSide(mode, module, mode)),
    pluginSide('event, portable', await moduleOf('client', { portable: true }), 'event'),
  ]
}
