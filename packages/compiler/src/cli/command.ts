import { resolve } from 'node:path'
import { parseArgs } from 'node:util'

import type { Engine } from '../compile.js'

/** One plugin to build, and how to report it. */
export interface BuildJob {
  readonly entry: string
  readonly output: string
  readonly interface: string | undefined
  readonly engine: Engine
  readonly portable: boolean
  readonly minify: boolean
  readonly sourcemap: boolean
  readonly watch: boolean
  readonly meta: boolean
  readonly json: boolean
}

/** What the command line asks for. */
export type Command =
  | { readonly name: 'help' | 'version' }
  | { readonly name: 'doctor'; readonly json: boolean }
  | { readonly name: 'build'; readonly job: BuildJob }

/** The command line is wrong; the message says what to write. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

const engines: readonly Engine[] = ['extism-ws', 'extism-js']
const commands = 'there are "build" and "doctor"'

const options = {
  output: { type: 'string', short: 'o' },
  interface: { type: 'string', short: 'i' },
  engine: { type: 'string' },
  portable: { type: 'boolean' },
  minify: { type: 'boolean' },
  sourcemap: { type: 'boolean' },
  watch: { type: 'boolean' },
  meta: { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const

type Flags = ReturnType<typeof parseFlags>['values']

/** @throws {UsageError} when the arguments make no command. */
export function parseCommand(args: readonly string[]): Command {
  const { values, positionals } = parseFlags(args)
  if (values.help === true) return { name: 'help' }
  if (values.version === true) return { name: 'version' }
  const [name, ...operands] = positionals
  if (name === undefined) throw new UsageError(`a command is missing: ${commands}`)
  if (name === 'doctor') return doctor(values, operands)
  if (name === 'build') return { name: 'build', job: buildJob(values, operands) }
  throw new UsageError(`unknown command "${name}": ${commands}`)
}

function parseFlags(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, allowNegative: true, options })
  } catch (error) {
    const { code, message } = error as { code?: unknown; message: string }
    const [, flag] = /^Unknown option '(.+?)'/.exec(message) ?? []
    if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION' && flag !== undefined) {
      throw new UsageError(`unknown flag ${flag}`, { cause: error })
    }
    throw new UsageError(message, { cause: error })
  }
}

function doctor(flags: Flags, operands: readonly string[]): Command {
  const others = Object.keys(flags).filter((flag) => flag !== 'json')
  if (operands.length > 0 || others.length > 0) {
    const wrong = [...operands, ...others.map((flag) => `--${flag}`)]
    throw new UsageError(`doctor takes only --json, got also ${wrong.join(', ')}`)
  }
  return { name: 'doctor', json: flags.json === true }
}

function buildJob(flags: Flags, [entry, ...rest]: readonly string[]): BuildJob {
  if (entry === undefined) throw new UsageError('the entry file is missing')
  if (rest.length > 0) {
    throw new UsageError(`one entry file is expected, got also ${rest.join(', ')}`)
  }
  const { output = '', engine = 'extism-ws' } = flags
  if (output === '') throw new UsageError('-o <file.wasm> is missing')
  if (flags.interface === '') throw new UsageError('-i has no file name')
  const known = engines.find((each) => each === engine)
  if (known === undefined) {
    throw new UsageError(`there is no engine "${engine}": choose ${engines.join(' or ')}`)
  }
  const job = {
    entry,
    output,
    interface: flags.interface,
    engine: known,
    portable: flags.portable === true,
    minify: flags.minify === true,
    sourcemap: flags.sourcemap !== false,
    watch: flags.watch === true,
    meta: flags.meta === true,
    json: flags.json === true,
  }
  refuseOverwriting(job)
  return job
}

function refuseOverwriting({ entry, output, interface: declarations }: BuildJob): void {
  const read = [
    ['entry file', entry],
    ['interface file', declarations],
  ] as const
  for (const [what, file] of read) {
    if (file === undefined) continue
    for (const written of [output, `${output}.map`]) {
      if (resolve(written) === resolve(file)) {
        throw new UsageError(`-o ${output} would overwrite the ${what}`)
      }
    }
  }
}
