import { statSync, watch, type FSWatcher } from 'node:fs'
import { dirname, join } from 'node:path'
import { EwsError } from '@extism-ws/protocol'

/** A folder that is watched: one of the same name may have taken its place. */
interface Watched {
  readonly watcher: FSWatcher
  readonly identity: string
}

/**
 * Tells when files change. It watches their folders: an editor that replaces a file would be lost
 * with the file.
 */
export class FolderWatcher {
  readonly #watched = new Map<string, Watched>()
  #matters: (file: string) => boolean = () => false
  #changed = false
  #wake: (() => void) | undefined

  /**
   * From now on these files' folders are watched, or the nearest one that exists; `matters` tells
   * which changes count.
   *
   * @returns the folders that were not watched before.
   * @throws {EwsError} `EWS_BUILD` when a folder cannot be watched: some systems have a limit.
   */
  follow(files: Iterable<string>, matters: (file: string) => boolean): Set<string> {
    this.#matters = matters
    const folders = new Map([...files].map((file) => nearestFolder(dirname(file))))
    for (const [folder, { watcher, identity }] of this.#watched) {
      if (folders.get(folder) === identity) continue
      watcher.close()
      this.#watched.delete(folder)
    }
    const opened = [...folders].filter(([folder]) => !this.#watched.has(folder))
    for (const [folder, identity] of opened) this.#open(folder, identity)
    return new Set(opened.map(([folder]) => folder))
  }

  /** Waits for a change, then until nothing has changed for `quietMs`; or until `signal`. */
  async change(signal: AbortSignal, quietMs: number): Promise<void> {
    await this.#wait(signal)
    while (this.#changed && !signal.aborted) {
      this.#changed = false
      await this.#wait(signal, quietMs)
    }
  }

  close(): void {
    for (const { watcher } of this.#watched.values()) watcher.close()
    this.#watched.clear()
  }

  #open(folder: string, identity: string): void {
    const watcher = this.#watch(folder)
    if (watcher === undefined) return this.#notice()
    // The folder was removed: the next build says what is missing.
    watcher.on('error', () => {
      watcher.close()
      this.#watched.delete(folder)
      this.#notice()
    })
    this.#watched.set(folder, { watcher, identity })
  }

  /** Nothing when the folder has just gone: the next look finds out. */
  #watch(folder: string): FSWatcher | undefined {
    try {
      return watch(folder, (_, name) => {
        // Some systems do not say which file it was.
        if (name === null || this.#matters(join(folder, name))) this.#notice()
      })
    } catch (cause) {
      const { code, message } = cause as NodeJS.ErrnoException
      if (code === 'ENOENT') return undefined
      throw new EwsError('EWS_BUILD', `cannot watch the folder ${folder}: ${message}`, { cause })
    }
  }

  #notice(): void {
    this.#changed = true
    this.#wake?.()
  }

  #wait(signal: AbortSignal, timeoutMs?: number): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer)
        signal.removeEventListener('abort', end)
        this.#wake = undefined
        resolve()
      }
      const timer = timeoutMs === undefined ? undefined : setTimeout(end, timeoutMs)
      this.#wake = end
      signal.addEventListener('abort', end)
      if (signal.aborted || this.#changed) end()
    })
  }
}

function nearestFolder(folder: string): [folder: string, identity: string] {
  const found = statSync(folder, { throwIfNoEntry: false })
  if (found?.isDirectory() !== true && folder !== dirname(folder)) {
    return nearestFolder(dirname(folder))
  }
  // File systems give the number of a folder that has gone to the next one that is made.
  return [folder, `${found?.ino} ${found?.birthtimeMs}`]
}
