import { stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'

import { buildOnce } from './build.js'
import type { BuildJob } from './command.js'
import { FolderWatcher } from './folder-watcher.js'

/** Editors write a file in several steps. */
const quietMs = 30

/**
 * Builds, and builds again whenever a file changes that was read, until the process is told to end.
 * A failed build ends nothing.
 */
export async function watch(
  job: BuildJob,
  reportFailure: (error: unknown, json: boolean) => void,
): Promise<void> {
  const stop = stopSignal()
  const watcher = new FolderWatcher()
  const inputs = new Set<string>()
  const written = new Set([resolve(job.output), resolve(`${job.output}.map`)])
  try {
    while (!stop.signal.aborted) {
      const started = Date.now()
      const seen = new Set<string>()
      let failed = false
      try {
        await buildOnce(job, seen)
        inputs.clear()
      } catch (error) {
        failed = true
        reportFailure(error, job.json)
      }
      // What the last good build read counts too: the failure may have hidden it.
      for (const file of seen) inputs.add(file)
      // A failed build may wait for a file that does not exist yet.
      const opened = watcher.follow(inputs, (file) =>
        failed ? !written.has(file) && !file.endsWith('.tmp') : inputs.has(file),
      )
      if (await missed(started, { files: inputs, opened, failed })) continue
      await watcher.change(stop.signal, quietMs)
    }
  } finally {
    watcher.close()
    stop.release()
  }
}

/**
 * Whether something happened since the build started that nobody saw.
 *
 * @param opened folders that were not watched until now. Only in these a date counts, so that a
 *   clock that is ahead, or a folder that changes with every build, does not make this endless.
 * @param failed a failed build may lack files, which may have come; one that succeeded has read all.
 */
async function missed(
  started: number,
  { files, opened, failed }: { files: Set<string>; opened: Set<string>; failed: boolean },
): Promise<boolean> {
  for (const file of files) {
    const changed = await changedAt(file)
    if (changed === undefined ? !failed : changed > started && opened.has(dirname(file)))
      return true
  }
  for (const folder of failed ? opened : []) {
    if (((await changedAt(folder)) ?? 0) > started) return true
  }
  return false
}

/** When a file or what is in a folder changed last; undefined when it is not there. */
async function changedAt(path: string): Promise<number | undefined> {
  return stat(path).then(
    ({ ctimeMs }) => ctimeMs,
    () => undefined,
  )
}

function stopSignal(): { readonly signal: AbortSignal; release(): void } {
  const controller = new AbortController()
  const abort = (): void => controller.abort()
  process.on('SIGINT', abort).on('SIGTERM', abort)
  return {
    signal: controller.signal,
    release: () => void process.off('SIGINT', abort).off('SIGTERM', abort),
  }
}
