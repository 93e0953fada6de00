import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export interface Run {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a built program of this package in a process of its own. */
export async function run(program: string, ...args: string[]): Promise<Run> {
  return node(inPackage(`dist/${program}`), ...args)
}

export async function node(...args: string[]): Promise<Run> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve)
  })
  return { code, stdout, stderr }
}

export function inPackage(path: string): string {
  return fileURLToPath(new URL(`../${path}`, import.meta.url))
}
