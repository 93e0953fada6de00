import type { Row } from '../row.js'
import type { ClientSide } from '../sides/client.js'
import { obviousSide } from '../sides/obvious.js'
import { rawSide } from '../sides/raw.js'
import { undiciSides } from '../sides/undici.js'
import { echoRow } from './echo.js'
import { floodRow, medium, small } from './flood.js'
import { medium as outgoing, sendRow } from './send.js'

/** What one could have instead of this project: another client, and the bridge that is soon written. */
export const bridgeRows: readonly Row[] = [
  echoRow('echo, 64 B, other clients', 64, others, { stalls: true }),
  echoRow('echo, 1 KiB, other clients', 1024, others, { stalls: true }),
  floodRow('flood, 64 B binary, other clients', small, others, { stalls: true }),
  floodRow('flood, 1 KiB binary, other clients', medium, others, { stalls: true }),
  floodRow('flood, 1 KiB text, other clients', { ...medium, kind: 'text' }, others, {
    stalls: true,
  }),
  sendRow('send flood, 1 KiB binary, other clients', outgoing, others, { stalls: true }),
]

async function others(): Promise<ClientSide[]> {
  return [rawSide, ...undiciSides, obviousSide]
}
