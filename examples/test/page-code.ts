import { execFile } from 'node:child_process'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const root = fileURLToPath(new URL('..', import.meta.url))

/** The text of a page, by its path in the repository. */
export function page(path: string): Promise<string> {
  return readFile(new URL(`../../${path}`, import.meta.url), 'utf8')
}

/**
 * Code of the pages, as somebody who copies it has it: in a folder below this package, so that it finds what a
 * user would have installed.
 */
export class PageCode {
  readonly folder: string
  readonly #typed: string[] = []

  private constructor(folder: string) {
    this.folder = folder
  }

  static async in(name: string): Promise<PageCode> {
    const code = new PageCode(`${root}dist/${name}`)
    await rm(code.folder, { recursive: true, force: true })
    await mkdir(code.folder, { recursive: true })
    return code
  }

  /**
   * Writes the block of a page that is marked with this word into `<name>.ts`.
   *
   * @returns the code.
   * @throws {Error} when there is no such block.
   */
  async write(path: string, mark: string, name = mark): Promise<string> {
    const block = new RegExp(`^\`\`\`ts ${mark}\\n([\\s\\S]*?)^\`\`\`$`, 'm')
    const code = block.exec(await page(path))?.[1]
    if (code === undefined) throw new Error(`${path} has no block marked "${mark}"`)
    await writeFile(`${this.folder}/${name}.ts`, code)
    this.#typed.push(`${name}.ts`)
    return code
  }

  /** The same for a program, which Node 20 runs as it is: `<name>.mjs` has no types in it. */
  async writeProgram(path: string, mark: string, name = mark): Promise<void> {
    await writeFile(`${this.folder}/${name}.mjs`, await this.write(path, mark, name))
  }

  /** Runs the command, and answers what it prints. */
  async command(...args: string[]): Promise<string> {
    const bin = `${root}node_modules/@extism-ws/compiler/bin/extism-ws.js`
    return this.#node(bin, ...args)
  }

  /** Compiles a plugin by the command; answers the module's path. */
  async build(name: string): Promise<string> {
    await this.command('build', `${name}.ts`, '-o', `${name}.wasm`)
    return `${this.folder}/${name}.wasm`
  }

  /** Runs a program, and answers what it prints. */
  program(name: string, ...args: string[]): Promise<string> {
    return this.#node(`${name}.mjs`, ...args)
  }

  /** What TypeScript has against the code in a strict project; nothing, it is to be hoped. */
  async typeErrors(): Promise<string> {
    const compilerOptions = {
      ...{ noEmit: true, strict: true, target: 'es2022', module: 'nodenext', types: ['node'] },
      ...{ lib: ['es2023', 'esnext.disposable', 'dom'], skipLibCheck: true },
    }
    const project = { compilerOptions, files: this.#typed }
    await writeFile(`${this.folder}/tsconfig.json`, JSON.stringify(project))
    return this.#node(`${root}node_modules/typescript/bin/tsc`, '-p', this.folder)
  }

  async #node(...args: string[]): Promise<string> {
    const { stdout } = await run(process.execPath, args, { cwd: this.folder })
    return stdout
  }
}
