import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const tools = join(dirname(createRequire(import.meta.url).resolve('binaryen/package.json')), 'bin')
const features = [
  '--enable-bulk-memory',
  '--enable-reference-types',
  '--enable-sign-ext',
  '--enable-mutable-globals',
  '--enable-nontrapping-float-to-int',
  '--enable-multivalue',
]

/** Joins modules: imports from `name` become calls into the module of that name. */
export async function merge(modules: Readonly<Record<string, Uint8Array>>): Promise<Uint8Array> {
  return inFolder(async (folder) => {
    const inputs: string[] = []
    for (const [name, bytes] of Object.entries(modules)) {
      const file = join(folder, `${name}.wasm`)
      await writeFile(file, bytes)
      inputs.push(file, name)
    }
    const output = join(folder, 'merged.out.wasm')
    const options = [...features, '--skip-export-conflicts']
    await run(process.execPath, [join(tools, 'wasm-merge'), ...inputs, '-o', output, ...options])
    return readFile(output)
  })
}

/** Optimises, which also removes every function that nothing refers to any more. */
export async function optimise(module: Uint8Array, level: string): Promise<Uint8Array> {
  return inFolder(async (folder) => {
    const input = join(folder, 'input.wasm')
    const output = join(folder, 'output.wasm')
    await writeFile(input, module)
    await run(process.execPath, [join(tools, 'wasm-opt'), input, level, '-o', output, ...features])
    return readFile(output)
  })
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'extism-ws-'))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}
