import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { EwsError } from '@extism-ws/protocol'

type Target = readonly [file: string, contents: string | Uint8Array]

/**
 * Finds out early that these files cannot be written.
 *
 * @throws {EwsError} `EWS_BUILD` when one of them is a folder.
 */
export async function checkTargets(files: readonly string[]): Promise<void> {
  for (const file of files) {
    const found = await stat(file).catch(() => undefined)
    if (found?.isDirectory() === true) {
      throw new EwsError('EWS_BUILD', `cannot write ${file}: it is a folder`)
    }
  }
}

/**
 * Writes files that belong together. All are written beside their target before the first is
 * renamed, so that a failure leaves neither half a file nor half a pair.
 *
 * @param removed files that would not fit to the new ones.
 * @throws {EwsError} `EWS_BUILD` with the file that could not be written; what was there before is
 *   untouched.
 */
export async function replaceFiles(
  targets: readonly Target[],
  removed: readonly string[] = [],
): Promise<void> {
  const written: (readonly [temporary: string, file: string])[] = []
  try {
    for (const [file, contents] of targets) {
      const temporary = `${file}.${process.pid}.tmp`
      written.push([temporary, file])
      await attempt(file, async () => {
        await mkdir(dirname(file), { recursive: true })
        await writeFile(temporary, contents)
      })
    }
    for (const [temporary, file] of written) await attempt(file, () => rename(temporary, file))
    for (const file of removed) await attempt(file, () => rm(file, { force: true }))
  } catch (error) {
    for (const [temporary] of written) await rm(temporary, { force: true }).catch(() => {})
    throw error
  }
}

async function attempt(file: string, write: () => Promise<void>): Promise<void> {
  try {
    await write()
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new EwsError('EWS_BUILD', `cannot write ${file}: ${why}`, { cause })
  }
}
