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
  let hurried = false
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
      // Once, so that a folder which changes with every build does not make this endless.
      hurried = !hurried && (await changedSince(started, inputs, failed))
      if (hurried) continue
      await watcher.change(stop.signal, quietMs)
    }
  } finally {
    watcher.close()
    stop.release()
  }
}

/**
 * Whether something happened to these files since the build started: until now nobody watched.
 *
 * @param failed a failed build may lack files; one that succeeded has read them all, and one that
 *   failed for want of a file looks at its folder.
 */
async function changedSince(
  started: number,
  files: Iterable<string>,
  failed: boolean,
): Promise<boolean> {
  for (const file of files) {
    for (const path of failed ? [file, dirname(file)] : [file]) {
      const found = await stat(path).catch(() => undefined)
      if (found === undefined && !failed) return true
      // A clock that is ahead, as on a network drive, must not make this endless.
      if (found !== undefined && found.ctimeMs > started && found.ctimeMs <= Date.now()) return true
    }
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
