import './quiet-wasi.js'

import { writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

import { ServerProcess } from './child.js'
import { measure, type RowResult } from './measure.js'
import type { Setting } from './row.js'
import { aloneRows } from './rows/alone.js'
import { batchEchoRows } from './rows/batch-echo.js'
import { bridgeRows } from './rows/bridges.js'
import { buildRows } from './rows/build.js'
import { callRows } from './rows/calls.js'
import { echoRows } from './rows/echo.js'
import { floodRows } from './rows/flood.js'
import { instanceRows } from './rows/instance.js'
import { modeRows } from './rows/modes.js'
import { recordRows } from './rows/records.js'
import { restartRows } from './rows/restart.js'
import { scalingRows } from './rows/scaling.js'
import { sendRows } from './rows/send.js'
import { sizeRows } from './rows/size.js'
import { waitingRows } from './rows/waiting.js'
import { workloadRows } from './rows/workload.js'
import { table } from './table.js'
import { WarmClient } from './warm-client.js'

const usage = `Usage: pnpm bench [--quick] [--row <text>] [--effort <share>] [--output <file>]

Measures plugins beside raw ws in the same run, and prints medians and ratios.

      --quick           fewer rounds of fewer messages: less than 90 seconds
      --row <text>      only rows whose name contains this; may be given several times
      --effort <share>  share of the messages per run, up to 1. Default: 1, with --quick 0.15
  -o, --output <file>   where the results are written as JSON. Default: bench/results.json
  -h, --help            this text
`

const rows = [
  ...echoRows,
  ...batchEchoRows,
  ...floodRows,
  ...sendRows,
  ...recordRows,
  ...modeRows,
  ...bridgeRows,
  ...scalingRows,
  ...waitingRows,
  ...aloneRows,
  ...callRows,
  ...restartRows,
  ...buildRows,
  ...instanceRows,
  ...sizeRows,
  ...workloadRows,
]
const fullRounds = 9
const quickRounds = 2
const quickEffort = 0.15

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    row: { type: 'string', multiple: true, default: [''] },
    effort: { type: 'string' },
    output: { type: 'string', short: 'o' },
    help: { type: 'boolean', short: 'h', default: false },
  },
})
if (values.help) process.stdout.write(usage)
else await main()

async function main(): Promise<void> {
  const effort = Number(values.effort ?? (values.quick ? quickEffort : 1))
  if (!(effort > 0 && effort <= 1)) throw new RangeError(`--effort must be a share, not ${effort}`)
  const chosen = rows.filter(({ name }) => values.row.some((text) => name.includes(text)))
  if (chosen.length === 0) {
    throw new RangeError(`no such row; there are:\n${rows.map(({ name }) => name).join('\n')}`)
  }
  const started = performance.now()
  const progress = (text: string): void => {
    const seconds = ((performance.now() - started) / 1000).toFixed(1)
    process.stderr.write(`${seconds.padStart(6)} s  ${text}\n`)
  }
  using server = await ServerProcess.start()
  await using client = new WarmClient(server.origin, effort)
  const setting: Setting = { origin: server.origin, effort, client: () => client.module() }
  const results: RowResult[] = []
  for (const row of chosen) {
    results.push(await measure(row, values.quick ? quickRounds : fullRounds, setting, progress))
  }
  const machine = {
    node: process.version,
    platform: process.platform,
    arch: process.arch,
    cpus: cpus().length,
  }
  const output = values.output ?? fileURLToPath(new URL('../results.json', import.meta.url))
  const { quick } = values
  await writeFile(output, `${JSON.stringify({ machine, quick, effort, rows: results }, null, 2)}\n`)
  process.stdout.write(`${table(results)}\n`)
}
