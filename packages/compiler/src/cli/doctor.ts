import { execFile } from 'node:child_process'
import { loadEngine } from '@extism-ws/engine'

import { findCommand, officialCommand } from '../official/find.js'
import { print } from './terminal.js'
import { installedVersion, ownVersion, versionOfDependency } from './version.js'

/** One thing that was looked at. */
interface Check {
  readonly name: string
  /** False when it must be put right before plugins can be built. */
  readonly ok: boolean
  /** A version, or what was found; null for nothing. */
  readonly found: string | null
  /** What to do, where something is wrong or missing. */
  readonly advice?: string
}

const oldestNode = [20, 19] as const

/**
 * Prints the versions that are in use, and what is missing.
 *
 * @param folder where the author's project is.
 * @returns whether plugins can be built.
 */
export async function doctor(folder: string, json: boolean): Promise<boolean> {
  const checks = await Promise.all([
    node(),
    compiler(),
    engine(),
    installed('@extism-ws/guest', folder, 'plugins that open sockets need it'),
    installed('@extism/extism', folder, 'hosts need it'),
    official(),
    jspi(),
    mode(folder),
  ])
  const ok = checks.every((check) => check.ok)
  print(json ? JSON.stringify({ ok, checks }) : checks.map(line).join('\n'))
  return ok
}

function line({ name, ok, found, advice }: Check): string {
  const mark = ok ? (found === null ? '--' : 'ok') : 'NO'
  const rest = advice === undefined ? '' : `: ${advice}`
  return `${mark}  ${name.padEnd(20)}${found ?? 'not found'}${rest}`
}

function node(): Check {
  const { node: version } = process.versions
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const ok = major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])
  const advice = `install Node ${oldestNode.join('.')} or newer`
  return { name: 'Node', ok, found: version, ...(ok ? {} : { advice }) }
}

async function compiler(): Promise<Check> {
  return { name: '@extism-ws/compiler', ok: true, found: await ownVersion() }
}

async function engine(): Promise<Check> {
  try {
    const quickjs = quickjsVersion(await loadEngine())
    const version = (await versionOfDependency('@extism-ws/engine')) ?? 'unknown version'
    const found = quickjs === undefined ? version : `${version}, with QuickJS-ng ${quickjs}`
    return { name: 'engine', ok: true, found }
  } catch (error) {
    const advice = `install @extism-ws/compiler anew (${String(error)})`
    return { name: 'engine', ok: false, found: null, advice }
  }
}

/** QuickJS has its version among its constant strings, the only one of that form. */
function quickjsVersion(wasm: Uint8Array): string | undefined {
  const text = Buffer.from(wasm).toString('latin1')
  return /\0(\d+\.\d+\.\d+)\0/.exec(text)?.[1]
}

async function installed(name: string, folder: string, why: string): Promise<Check> {
  const found = (await installedVersion(name, folder)) ?? null
  return {
    name,
    ok: true,
    found,
    ...(found === null ? { advice: `${why}: npm install ${name}` } : {}),
  }
}

async function official(): Promise<Check> {
  const name = officialCommand
  const command = await findCommand(officialCommand)
  if (command === undefined) {
    const advice = 'only --engine extism-js needs it (github.com/extism/js-pdk)'
    return { name, ok: true, found: null, advice }
  }
  const version = await versionPrintedBy(command)
  if (version !== undefined) return { name, ok: true, found: version }
  return { name, ok: true, found: command, advice: 'it does not answer --version: install it anew' }
}

function versionPrintedBy(command: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(command, ['--version'], { timeout: 10_000 }, (error, out) => {
      const text = out.trim().split('\n')[0] ?? ''
      resolve(error !== null || text === '' ? undefined : text.replace(/^extism-js\s+/, ''))
    })
  })
}

function jspi(): Check {
  const has = 'Suspending' in WebAssembly
  const advice =
    'hosts that wait inside a call need Node 24.20, 25.9 or 26; event mode needs no JSPI'
  return { name: 'JSPI', ok: true, found: has ? 'in this Node' : null, ...(has ? {} : { advice }) }
}

/** What the host's `mode: 'auto'` comes to here, and why (docs/hosting.md). */
async function mode(folder: string): Promise<Check> {
  const sdk = await installedVersion('@extism/extism', folder)
  const nodeCan = 'Suspending' in WebAssembly
  const sdkCan = sdk !== undefined && Number.parseInt(sdk, 10) >= 2
  const waiting = nodeCan && sdkCan ? 'jspi' : 'worker'
  const found = `auto is event for plugins that never wait, and ${waiting} for those that do`
  if (waiting === 'jspi') return { name: 'mode', ok: true, found }
  const missing = [
    ...(nodeCan ? [] : ['a Node with JSPI']),
    ...(sdkCan ? [] : [`@extism/extism 2 (here: ${sdk ?? 'none'})`]),
  ]
  return { name: 'mode', ok: true, found, advice: `jspi needs ${missing.join(' and ')}` }
}
