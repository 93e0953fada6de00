import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compile, type CompiledPlugin } from '@extism-ws/compiler'

const folders: string[] = []

/** A folder of its own for each file: some tests put others beside it. */
function newFolder(): string {
  const made = mkdtempSync(join(tmpdir(), 'extism-ws-test-'))
  if (folders.push(made) === 1) {
    process.once('exit', () => {
      for (const folder of folders) rmSync(folder, { recursive: true, force: true })
    })
  }
  return made
}

const built = new Map<string, Promise<CompiledPlugin>>()

/** A plugin of test/plugins, compiled once per test file. */
export function build(name: string, portable = false): Promise<CompiledPlugin> {
  const key = `${name} ${portable}`
  const entry = fileURLToPath(new URL(`./plugins/${name}.ts`, import.meta.url))
  const existing = built.get(key)
  if (existing !== undefined) return existing
  // Some have an interface file, for host functions of the test's own.
  const declared = fileURLToPath(new URL(`./plugins/${name}-interface.d.ts`, import.meta.url))
  const plugin = compile({
    entry,
    portable,
    ...(existsSync(declared) ? { interface: declared } : {}),
  })
  built.set(key, plugin)
  return plugin
}

/** The same, written to a folder with its source map. Returns the path of the .wasm file. */
export async function buildFile(name: string, portable = false): Promise<string> {
  const { wasm, map } = await build(name, portable)
  const folder = newFolder()
  const file = join(folder, `${name}.wasm`)
  writeFileSync(file, wasm)
  writeFileSync(`${file}.map`, map)
  return file
}
