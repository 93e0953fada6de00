import { watch, type FSWatcher } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * Tells when files change. It watches their folders: an editor that replaces a file would be lost
 * with the file.
 */
export class FolderWatcher {
  readonly #watchers = new Map<string, FSWatcher>()
  #matters: (file: string) => boolean = () => false
  #changed = false
  #wake: (() => void) | undefined

  /** From now on these files' folders are watched; `matters` tells which changes count. */
  follow(files: Iterable<string>, matters: (file: string) => boolean): void {
    this.#matters = matters
    const folders = new Set([...files].map((file) => dirname(file)))
    for (const [folder, watcher] of this.#watchers) {
      if (folders.has(folder)) continue
      watcher.close()
      this.#watchers.delete(folder)
    }
    for (const folder of folders) this.#open(folder)
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
    for (const watcher of this.#watchers.values()) watcher.close()
    this.#watchers.clear()
  }

  #open(folder: string): void {
    if (this.#watchers.has(folder)) return
    try {
      const watcher = watch(folder, (_, name) => {
        // Some systems do not say which file it was.
        if (name === null || this.#matters(join(folder, name))) this.#notice()
      })
      // The folder was removed: the next build says what is missing.
      watcher.on('error', () => {
        watcher.close()
        this.#watchers.delete(folder)
        this.#notice()
      })
      this.#watchers.set(folder, watcher)
    } catch {
      // It is not there, so nothing in it can change.
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
