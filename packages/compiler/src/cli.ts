import { relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { gzipSync } from 'node:zlib'

import { compile, type CompiledPlugin } from './compile.js'
import { checkTargets, replaceFiles } from './replace-file.js'

const usage = `Usage: extism-ws build <entry> -o <file.wasm> [--portable]

Compiles TypeScript or JavaScript to an Extism plugin. Every function that the entry file exports
becomes an export of the plugin. A source map is written beside it, as <file.wasm>.map.

  -o, --output <file>  where the plugin is written (required)
      --portable       use nothing but the public js-pdk API to reach the host
  -h, --help           this text
`

const levels = ['', 'debug', 'info', 'warn', 'error'] as const

interface Job {
  readonly entry: string
  readonly output: string
  readonly portable: boolean
}

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
    return wrongUsage(messageOf(error))
  }
  const { values, positionals } = parsed
  if (values.help) {
    process.stdout.write(usage)
    return 0
  }
  const [command, entry, ...rest] = positionals
  if (command === undefined) return wrongUsage('a command is missing: there is only "build"')
  if (command !== 'build') return wrongUsage(`unknown command "${command}": there is only "build"`)
  if (entry === undefined) return wrongUsage('the entry file is missing')
  if (rest.length > 0) return wrongUsage(`one entry file is expected, got also ${rest.join(', ')}`)
  const { output = '', portable } = values
  if (output === '') return wrongUsage('-o <file.wasm> is missing')
  if (resolve(output) === resolve(entry)) {
    return wrongUsage(`-o ${output} would overwrite the entry file`)
  }
  return build({ entry, output, portable })
}

async function build(job: Job): Promise<number> {
  const started = performance.now()
  const clear = showProgress(`building ${job.entry} …`)
  const targets = [job.output, `${job.output}.map`] as const
  try {
    await checkTargets(targets)
    const plugin = await compile(job)
    clear()
    for (const { level, text } of plugin.lines) say(`[${levels[level] ?? level}] ${text}`)
    for (const warning of plugin.warnings) say(`warning: ${warning}\n`)
    await replaceFiles([
      [targets[0], plugin.wasm],
      [targets[1], plugin.map],
    ])
    const seconds = ((performance.now() - started) / 1000).toFixed(2)
    process.stdout.write(`${summary(job, plugin)}; ${seconds} s\n`)
    return 0
  } catch (error) {
    clear()
    say(`error: ${messageOf(error)}`)
    return 1
  }
}

/** One line that is gone when the build ends; nothing where it would end up in a log file. */
function showProgress(text: string): () => void {
  if (process.stderr.isTTY !== true) return () => {}
  process.stderr.write(text)
  return () => process.stderr.write('\r\x1b[K')
}

function summary({ output, portable }: Job, { wasm, exports, imports }: CompiledPlugin): string {
  const size = `${kilobytes(wasm.length)} KB, ${kilobytes(gzipSync(wasm).length)} KB gzipped`
  const layer = imports.length === 0 ? 'no sockets' : portable ? 'portable' : 'direct'
  return `${relative('', output)}: ${size}; exports ${exports.join(', ')}; ${layer}`
}

function kilobytes(bytes: number): number {
  return Math.round(bytes / 1000)
}

function say(text: string): void {
  process.stderr.write(`${text}\n`)
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function wrongUsage(message: string): number {
  say(`error: ${message}\n\n${usage.trimEnd()}`)
  return 2
}
