import { compileFiles } from '../compile.js'
import { checkTargets, replaceFiles } from '../replace-file.js'
import type { BuildJob } from './command.js'
import { reportObject, summary } from './report.js'
import { sizeTable } from './size-table.js'
import { print, say, showProgress } from './terminal.js'

const levels = ['', 'debug', 'info', 'warn', 'error'] as const

/**
 * Builds a plugin, writes it and says so.
 *
 * @param seen takes the files that were read, also by a build that fails.
 * @throws {Error} when it cannot be built or written; what was there before is untouched then.
 */
export async function buildOnce(job: BuildJob, seen?: Set<string>): Promise<void> {
  const started = performance.now()
  const clear = showProgress(`building ${job.entry} …`)
  const map = `${job.output}.map`
  try {
    await checkTargets([job.output, map])
    const { interface: declarations, ...rest } = job
    const options = declarations === undefined ? rest : { ...rest, interface: declarations }
    const plugin = await compileFiles(options, seen)
    clear()
    for (const { level, text } of plugin.lines) say(`[${levels[level] ?? level}] ${text}`)
    if (job.sourcemap) {
      await replaceFiles([
        [job.output, plugin.wasm],
        [map, plugin.map],
      ])
    } else {
      await replaceFiles([[job.output, plugin.wasm]], [map])
    }
    const seconds = (performance.now() - started) / 1000
    if (job.json) {
      print(JSON.stringify(reportObject(job, plugin, seconds)))
    } else {
      for (const warning of plugin.warnings) say(`warning: ${warning}\n`)
      if (job.meta) print(`${sizeTable(plugin.modules)}\n`)
      print(summary(job, plugin, seconds))
    }
  } finally {
    clear()
  }
}
