import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { main as compile } from 'assemblyscript/asc'

/** Compiles the AssemblyScript glue to a module that uses QuickJS's memory and function table and has no data of its own. */
export async function compileGlue(folder: string): Promise<Uint8Array> {
  let wasm: Uint8Array | undefined
  const { error, stderr } = await compile(
    [
      'index.ts',
      ...['--outFile', 'glue.wasm'],
      ...['--runtime', 'stub', '--importMemory', '--noExportMemory', '--importTable'],
      ...['-O3', '--enable', 'mutable-globals', '--use', 'abort=index/abort'],
    ],
    {
      readFile: (name) => readFile(join(folder, name), 'utf8').catch(() => null),
      writeFile: (_name, contents) => void (wasm = contents as Uint8Array),
      listFiles: () => [],
    },
  )
  if (error !== null || wasm === undefined)
    throw new Error(`the glue does not compile\n${stderr.toString()}`)
  return wasm
}
