import { spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

/**
 * Where Debian has its servers, which are not on every user's PATH. RabbitMQ's own script comes
 * before the one of the same name that changes the user and the folder.
 */
const folders = [
  '/usr/lib/rabbitmq/bin',
  ...(process.env['PATH'] ?? '').split(delimiter),
  '/usr/sbin',
]

/** The file of an installed program; undefined when it is not installed. */
function programFile(name: string): string | undefined {
  return folders
    .map((folder) => join(folder, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK)
        return true
      } catch {
        return false
      }
    })
}

/**
 * Whether to leave out tests for want of a program. They are never left out where CI is set: there
 * everything has to be installed.
 */
export function isMissing(name: string): boolean {
  if (programFile(name) !== undefined || process.env['CI'] === 'true') return false
  console.warn(`${name} is not installed, its tests are skipped: run scripts/install-tools.sh`)
  return true
}

/** A TCP port of 127.0.0.1 that nobody uses. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // it listens on TCP, not on a pipe
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** An empty folder, and how to get rid of it. */
export async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'ews-clients-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

export interface ProgramOptions {
  readonly env?: Readonly<Record<string, string>>
  /** It runs as soon as it accepts connections at this port, or has printed this. */
  readonly ready: number | string
  /** How long it may take until then, and to end. Default: 20 seconds. */
  readonly patienceMs?: number
}

/**
 * Starts a program and waits until it serves. Disposed, it is asked to end, and then killed.
 *
 * @throws {Error} with what it printed, when it ends before or takes too long.
 */
export async function startProgram(
  name: string,
  args: readonly string[],
  { env = {}, ready, patienceMs = 20_000 }: ProgramOptions,
): Promise<AsyncDisposable> {
  const child = spawn(programFile(name) ?? name, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that nothing is left of a script that started others.
    detached: true,
  })
  let printed = ''
  child.stdout.on('data', (data) => (printed += String(data)))
  child.stderr.on('data', (data) => (printed += String(data)))
  let ended = false
  const end = new Promise<void>((resolve) => {
    const settle = () => {
      ended = true
      resolve()
    }
    child.once('exit', settle).once('error', (error) => {
      printed += String(error)
      settle()
    })
  })
  const kill = () => {
    if (child.pid === undefined) return
    try {
      process.kill(-child.pid, 'SIGKILL')
    } catch {
      // The whole group has ended.
    }
  }
  process.once('exit', kill)
  const stop = async () => {
    child.kill('SIGTERM')
    await Promise.race([end, delay(patienceMs, undefined, { ref: false })])
    kill()
    await end
    process.off('exit', kill)
  }

  const deadline = Date.now() + patienceMs
  const serves = async () => (typeof ready === 'string' ? printed.includes(ready) : accepts(ready))
  while (!(await serves())) {
    if (ended || Date.now() > deadline) {
      await stop()
      throw new Error(`${name} ${ended ? 'ended' : 'does not answer'}:\n${printed}`)
    }
    await delay(20)
  }
  return { [Symbol.asyncDispose]: stop }
}

async function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}
