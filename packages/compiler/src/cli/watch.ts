import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'

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
      watcher.follow(inputs, (file) =>
        failed ? !written.has(file) && !file.endsWith('.tmp') : inputs.has(file),
      )
      if (await changedSince(started, inputs)) continue
      await watcher.change(stop.signal, quietMs)
    }
  } finally {
    watcher.close()
    stop.release()
  }
}

/** Whether a file was written while it was being read, before anything watched it. */
async function changedSince(started: number, files: Iterable<string>): Promise<boolean> {
  for (const file of files) {
    const found = await stat(file).catch(() => undefined)
    // A clock that is ahead, as on a network drive, must not make this endless.
    if (found !== undefined && found.mtimeMs > started && found.mtimeMs <= Date.now()) return true
  }
  return false
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
