import type { Row } from '../row.js'
import type { ClientSide } from '../sides/client.js'
import { obviousSide } from '../sides/obvious.js'
import { rawSide } from '../sides/raw.js'
import { undiciSides } from '../sides/undici.js'
import { echoRow } from './echo.js'
import { floodRow, medium, small } from './flood.js'
import { medium as outgoing, sendRow } from './send.js'

/** The bridge can stall, and is in a thread that is new and cold in every row. */
const options = { stalls: true, warmUps: 4 }

/** What one could have instead of this project: another client, and the bridge that is soon written. */
export const bridgeRows: readonly Row[] = [
  echoRow('echo, 64 B, other clients', 64, others, options),
  echoRow('echo, 1 KiB, other clients', 1024, others, options),
  floodRow('flood, 64 B binary, other clients', small, others, options),
  floodRow('flood, 1 KiB binary, other clients', medium, others, options),
  floodRow('flood, 1 KiB text, other clients', { ...medium, kind: 'text' }, others, options),
  sendRow('send flood, 1 KiB binary, other clients', outgoing, others, options),
]

async function others(): Promise<ClientSide[]> {
  return [rawSide, ...undiciSides, obviousSide]
}
