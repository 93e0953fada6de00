import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { call, open } from '../plugin.js'
import { project } from '../project.js'

const bin = fileURLToPath(new URL('../../dist/bin.js', import.meta.url))

interface Report {
  readonly exports?: readonly string[]
  readonly error?: { readonly message: string }
}

/** The command with --watch and --json, in a project's folder. */
class Watching {
  readonly child
  readonly #lines

  constructor(folder: string, ...flags: string[]) {
    const args = [bin, 'build', 'src/plugin.ts', '-o', 'plugin.wasm', '--watch', '--json', ...flags]
    this.child = spawn(process.execPath, args, {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    onTestFinished(() => void this.child.kill('SIGKILL'))
    this.#lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]()
  }

  /** The next line of output. */
  async next(): Promise<Report> {
    const { value } = await this.#lines.next()
    return JSON.parse(String(value)) as Report
  }

  /** Reads lines until one fits: an editor's steps may be seen as more than one change. */
  async until(fits: (report: Report) => boolean): Promise<Report> {
    for (;;) {
      const report = await this.next()
      if (fits(report)) return report
    }
  }

  async end(signal: NodeJS.Signals): Promise<number | null> {
    const ended = once(this.child, 'exit')
    this.child.kill(signal)
    const [code] = (await ended) as [number | null]
    return code
  }
}

describe('--watch', () => {
  test('builds again when the entry or what it imports changes, and writes the plugin', async () => {
    const folder = await project({
      'src/plugin.ts': 'import { text } from "./text.js"\nexport const run = () => text',
      'src/text.ts': 'export const text = "one"',
    })
    const watching = new Watching(folder)
    expect(await watching.next()).toMatchObject({ exports: ['run'] })

    await writeFile(join(folder, 'src/text.ts'), 'export const text = "two"')
    await watching.next()
    const wasm = await readFile(join(folder, 'plugin.wasm'))
    expect(await call(await open(wasm), 'run')).toBe('two')

    await writeFile(join(folder, 'src/plugin.ts'), 'export const other = () => 1')
    expect(await watching.until(({ exports }) => exports?.[0] === 'other')).toBeDefined()
    expect(await watching.end('SIGTERM')).toBe(0)
    expect((await readdir(folder)).sort()).toEqual([
      'node_modules',
      'plugin.wasm',
      'plugin.wasm.map',
      'src',
    ])
  })

  test('goes on after an error, and ends with 0 at Ctrl-C', async () => {
    const folder = await project({ 'src/plugin.ts': 'export const run = () => 1' })
    const watching = new Watching(folder)
    await watching.next()
    await writeFile(join(folder, 'src/plugin.ts'), 'export const run = =')
    const { error } = await watching.until((report) => report.error !== undefined)
    expect(error?.message).toMatch(/^src\/plugin\.ts:1:20: Unexpected "="/)
    await writeFile(join(folder, 'src/plugin.ts'), 'export const fixed = () => 1')
    await watching.until(({ exports }) => exports?.[0] === 'fixed')
    expect(await watching.end('SIGINT')).toBe(0)
  })

  test('sees a file that appears, and one that an editor replaces', async () => {
    const folder = await project({
      'src/plugin.ts': 'import { text } from "./lib/text.js"\nexport const run = () => text',
    })
    const watching = new Watching(folder)
    expect((await watching.next()).error?.message).toMatch(/Could not resolve/)
    await mkdir(join(folder, 'src/lib'))
    await writeFile(join(folder, 'src/lib/text.ts'), 'export const text = "one"')
    await watching.until(({ exports }) => exports?.[0] === 'run')

    // A checkout of another branch may take the folder away and bring it back.
    await rm(join(folder, 'src/lib'), { recursive: true })
    await watching.until(({ error }) => error !== undefined)
    await mkdir(join(folder, 'src/lib'))
    await writeFile(join(folder, 'src/lib/text.ts'), 'throw new Error("half")')
    await watching.until(({ error }) => error?.message.includes('Error: half') === true)
    await writeFile(join(folder, 'src/lib/text.ts'), 'export const text = "two"')
    await watching.until(({ exports }) => exports?.[0] === 'run')

    await writeFile(join(folder, 'src/plugin.ts~'), 'export const third = () => 1')
    await rename(join(folder, 'src/plugin.ts~'), join(folder, 'src/plugin.ts'))
    await watching.until(({ exports }) => exports?.[0] === 'third')
    expect(await watching.end('SIGTERM')).toBe(0)
  })

  test('follows the interface file, and survives that the entry is gone for a while', async () => {
    const folder = await project({
      'src/plugin.ts': 'export const a = () => 1\nexport const b = () => 2',
      'types/plugin.d.ts': 'declare module "main" { export function a(): I32 }',
    })
    const watching = new Watching(folder, '-i', 'types/plugin.d.ts')
    expect(await watching.next()).toMatchObject({ exports: ['a'] })
    await writeFile(
      join(folder, 'types/plugin.d.ts'),
      'declare module "main" { export function b(): I32 }',
    )
    await watching.until(({ exports }) => exports?.[0] === 'b')
    await rm(join(folder, 'src/plugin.ts'))
    const gone = 'entry file not found: src/plugin.ts'
    await watching.until(({ error }) => error?.message.startsWith(gone) === true)
    await writeFile(join(folder, 'src/plugin.ts'), 'export const b = () => 3')
    await watching.until(({ exports }) => exports?.[0] === 'b')
    expect(await watching.end('SIGTERM')).toBe(0)
  })

  test('starts with a build that fails', async () => {
    const folder = await project({ 'src/plugin.ts': 'throw new Error("no")' })
    const watching = new Watching(folder)
    expect((await watching.next()).error?.message).toMatch(/Error: no/)
    await writeFile(join(folder, 'src/plugin.ts'), 'export const run = () => 1')
    await watching.until(({ exports }) => exports !== undefined)
    expect(await watching.end('SIGTERM')).toBe(0)
  })
})
