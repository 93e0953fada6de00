// Many sockets of many plugins in one process, each echoing once a second: pnpm bench:crowd.
import './quiet-wasi.js'

import { compile } from '@extism-ws/compiler'
import { createPlugin, SocketHub, type HistogramSnapshot, type Plugin } from '@extism-ws/host'
import { parseArgs } from 'node:util'

import { ServerProcess } from './child.js'
import { entryOf } from './plugins.js'

const usage = `Usage: pnpm bench:crowd [--sockets <n>] [--plugins <n>] [--seconds <n>]

Opens many sockets from many plugins in one process; each sends a message a second and checks its echo.
Prints what was lost, the time that events waited for their plugin, memory and CPU.

      --sockets <n>   in all. Default: 5000
      --plugins <n>   that share them. Default: 200
      --seconds <n>   how long. Default: 60
`

interface Report {
  readonly sockets: number
  readonly sent: number
  readonly echoed: number
  readonly wrong: number
}

const { values } = parseArgs({
  options: {
    sockets: { type: 'string', default: '5000' },
    plugins: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '60' },
    help: { type: 'boolean', short: 'h', default: false },
  },
})
if (values.help) process.stdout.write(usage)
else await main(Number(values.sockets), Number(values.plugins), Number(values.seconds))

async function main(sockets: number, count: number, seconds: number): Promise<void> {
  const each = Math.ceil(sockets / count)
  const { wasm } = await compile({ entry: entryOf('crowd') })
  using server = await ServerProcess.start()
  const url = `${server.origin}/mirror`
  const hub = new SocketHub({ sockets: each * count })
  const plugins: Plugin[] = []
  let closed = 0
  const quiet = { debug: () => {}, info: () => {}, warn: () => closed++, error: () => closed++ }
  const before = process.memoryUsage().rss
  for (let i = 0; i < count; i++) {
    const options = { hub, sockets: { allow: [server.origin], sockets: each }, logger: quiet }
    const plugin = await createPlugin(wasm, options)
    await plugin.call('start', JSON.stringify({ url, sockets: each }))
    plugins.push(plugin)
    progress(`${i + 1} plugins, ${hub.sockets} sockets`, i + 1 === count)
  }
  const cpu = process.cpuUsage()
  const began = performance.now()
  let peak = 0
  for (let i = 0; i < seconds; i++) {
    await sleep(1000)
    peak = Math.max(peak, process.memoryUsage().rss)
    progress(`${i + 1} s`, i + 1 === seconds)
  }
  const { user, system } = process.cpuUsage(cpu)
  const share = (user + system) / 1000 / (performance.now() - began)
  await Promise.all(plugins.map((plugin) => plugin.call('stop')))
  // The last echoes.
  await sleep(2000)
  const reports = await Promise.all(
    plugins.map(async (plugin) => (await plugin.call('report'))?.json() as Report),
  )
  const sum = (of: (report: Report) => number): number =>
    reports.reduce((total, report) => total + of(report), 0)
  const open = hub.sockets
  const metrics = plugins.map((plugin) => plugin.metrics())
  const waits = metrics.map(({ dispatchLatencyMs }) => dispatchLatencyMs)
  const takes = metrics.map(({ dispatchDurationMs }) => dispatchDurationMs)
  await Promise.all(plugins.map((plugin) => plugin.close()))
  const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(0)
  const lines = [
    `plugins                 ${count}`,
    `sockets                 ${sum((report) => report.sockets)}, open at the end ${open}`,
    `messages sent           ${sum(({ sent }) => sent)}`,
    `lost, or out of order   ${sum(({ sent, echoed }) => sent - echoed)}, ${sum(({ wrong }) => wrong)}`,
    `dispatches              ${metrics.reduce((total, { dispatches }) => total + dispatches, 0)}`,
    `  wait for their turn   ${quantiles(waits)}`,
    `  take                  ${quantiles(takes)}`,
    `RSS                     ${mebibytes(peak)} MiB, ${mebibytes(before)} without plugins`,
    `CPU of the process      ${(share * 100).toFixed(0)} % of one core`,
    `warnings and errors     ${closed}`,
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}

/** Of all plugins together, to the bucket: half, and 99 of 100, are not above these. */
function quantiles(histograms: readonly HistogramSnapshot[]): string {
  const [{ bounds, counts } = { bounds: [], counts: [] }] = histograms
  const sums = counts.map((_, i) =>
    histograms.reduce((sum, each) => sum + (each.counts[i] ?? 0), 0),
  )
  const all = sums.reduce((sum, count) => sum + count, 0)
  const [half, most] = [0.5, 0.99].map((part) => {
    let below = 0
    const bucket = sums.findIndex((count) => (below += count) >= part * all)
    return bounds[bucket]?.toFixed(2) ?? 'more'
  })
  const max = Math.max(...histograms.map((each) => each.max))
  return `p50 ≤ ${half} ms, p99 ≤ ${most} ms, at the most ${max.toFixed(1)} ms`
}

/** One line that changes; where it cannot, its last state. */
function progress(text: string, last: boolean): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${text}${last ? '\n' : ''}`)
  else if (last) process.stderr.write(`${text}\n`)
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
