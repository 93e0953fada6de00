import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { gzipSync } from 'node:zlib'

import { compile } from './compile.js'

const usage = `Usage: extism-ws build <entry> -o <file.wasm> [--portable]

Compiles TypeScript or JavaScript to an Extism plugin. Every function that the entry file exports
becomes an export of the plugin. A source map is written beside it, as <file.wasm>.map.

  -o, --output <file>  where the plugin is written (required)
      --portable       use nothing but the public js-pdk API to reach the host
  -h, --help           this text
`

/** Runs the command and answers its exit code: 0, 1 for a failed build, 2 for wrong usage. */
export async function run(args: readonly string[]): Promise<number> {
  let parsed
  try {
    parsed = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        output: { type: 'string', short: 'o' },
        portable: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
  } catch (error) {
    return wrongUsage(error instanceof Error ? error.message : String(error))
  }
  const { values, positionals } = parsed
  if (values.help || positionals.length === 0) {
    process.stdout.write(usage)
    return values.help ? 0 : 2
  }
  const [command, entry, ...rest] = positionals
  if (command !== 'build') return wrongUsage(`unknown command "${command}": there is only "build"`)
  if (entry === undefined) return wrongUsage('the entry file is missing')
  if (rest.length > 0) return wrongUsage(`one entry file is expected, got also ${rest.join(', ')}`)
  if (values.output === undefined) return wrongUsage('-o <file.wasm> is missing')
  return build(entry, values.output, values.portable)
}

async function build(entry: string, output: string, portable: boolean): Promise<number> {
  const started = performance.now()
  const progress = process.stderr.isTTY === true
  if (progress) process.stderr.write(`building ${entry} …`)
  try {
    const plugin = await compile({ entry: resolve(entry), portable })
    await replaceFile(output, plugin.wasm)
    await replaceFile(`${output}.map`, plugin.map)
    if (progress) process.stderr.write('\r\x1b[K')
    for (const line of plugin.lines) process.stderr.write(`${line.text}\n`)
    for (const warning of plugin.warnings) process.stderr.write(`warning: ${warning}\n`)
    const seconds = ((performance.now() - started) / 1000).toFixed(2)
    const size = `${kilobytes(plugin.wasm.length)} KB, ${kilobytes(gzipSync(plugin.wasm).length)} KB gzipped`
    const layer = plugin.imports.length === 0 ? 'no sockets' : portable ? 'portable' : 'direct'
    process.stdout.write(
      `${relative('', output)}: ${size}; exports ${plugin.exports.join(', ')}; ${layer}; ${seconds} s\n`,
    )
    return 0
  } catch (error) {
    if (progress) process.stderr.write('\r\x1b[K')
    process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`)
    return 1
  }
}

/** Writes beside and renames, so that a failed build never leaves half a file. */
async function replaceFile(file: string, contents: string | Uint8Array): Promise<void> {
  await mkdir(dirname(resolve(file)), { recursive: true })
  const temporary = `${file}.${process.pid}.tmp`
  try {
    await writeFile(temporary, contents)
    await rename(temporary, file)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

function kilobytes(bytes: number): number {
  return Math.round(bytes / 1000)
}

function wrongUsage(message: string): number {
  process.stderr.write(`error: ${message}\n\n${usage}`)
  return 2
}
