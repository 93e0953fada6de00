import { mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const installed = fileURLToPath(new URL('../node_modules', import.meta.url))

/** A temporary folder for sources that are generated, with the packages that are installed here. */
export class Scratch implements AsyncDisposable {
  readonly #folder: string
  #files = 0

  private constructor(folder: string) {
    this.#folder = folder
  }

  static async open(): Promise<Scratch> {
    const folder = await mkdtemp(join(await realpath(tmpdir()), 'extism-ws-bench-'))
    await symlink(installed, join(folder, 'node_modules'), 'junction')
    return new Scratch(folder)
  }

  /** @returns the new file's path. */
  async write(source: string): Promise<string> {
    const file = join(this.#folder, `source-${this.#files++}.js`)
    await writeFile(file, source)
    return file
  }

  [Symbol.asyncDispose](): Promise<void> {
    return rm(this.#folder, { recursive: true, force: true })
  }
}

/** The source of a plugin that has the globals which these words stand for. */
export function pluginNaming(words: readonly string[]): string {
  return `export const f = () => [${words.map((word) => `typeof ${word}`).join(', ')}].length\n`
}
