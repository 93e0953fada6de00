import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Whether this process may make networks of its own. */
export async function canMakeNetworks(): Promise<boolean> {
  const name = `ews-probe-${process.pid}`
  try {
    await run('ip', ['netns', 'add', name])
    await run('ip', ['netns', 'del', name])
    return true
  } catch {
    return false
  }
}

/** Another host, as the kernel can make one: a network namespace, with a cable to this one. */
export class OtherHost implements AsyncDisposable {
  readonly address: string
  readonly #name: string
  readonly #cable: string
  #server: ChildProcess | undefined

  private constructor(number: number) {
    this.#name = `ews-${process.pid}-${number}`
    this.#cable = `ews${process.pid}n${number}`.slice(0, 14)
    this.address = `10.213.${number}.2`
  }

  static async make(number: number): Promise<OtherHost> {
    const host = new OtherHost(number)
    const [here, there, name] = [host.#cable, `${host.#cable}p`, host.#name]
    await run('ip', ['netns', 'add', name])
    await run('ip', ['link', 'add', here, 'type', 'veth', 'peer', 'name', there, 'netns', name])
    await run('ip', ['address', 'add', `10.213.${number}.1/24`, 'dev', here])
    await run('ip', ['link', 'set', here, 'up'])
    await host.#inside('ip', ['address', 'add', `${host.address}/24`, 'dev', there])
    await host.#inside('ip', ['link', 'set', there, 'up'])
    await host.#inside('ip', ['link', 'set', 'lo', 'up'])
    return host
  }

  /** Starts an echo server there; answers its port. */
  async serve(): Promise<number> {
    const program = fileURLToPath(new URL('echo-program.js', import.meta.url))
    const args = ['netns', 'exec', this.#name, process.execPath, program, this.address]
    const server = spawn('ip', args, { stdio: ['ignore', 'pipe', 'inherit'] })
    this.#server = server
    const [line] = (await once(server.stdout, 'data')) as [Buffer]
    return Number(line)
  }

  /** Cuts the cable: nothing passes any more, and nobody is told. */
  async cut(): Promise<void> {
    // Also what this host's kernel would say of a link that is down must not be seen: packets are dropped.
    await run('ip', ['route', 'add', 'blackhole', this.address])
    await this.#inside('ip', ['link', 'set', 'lo', 'down'])
    await this.#inside('ip', ['route', 'add', 'blackhole', this.address.replace(/2$/, '1')])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await run('ip', ['route', 'del', 'blackhole', this.address]).catch(() => {})
    if (this.#server !== undefined && this.#server.exitCode === null) {
      this.#server.kill()
      await once(this.#server, 'exit')
    }
    await run('ip', ['link', 'del', this.#cable]).catch(() => {})
    await run('ip', ['netns', 'del', this.#name])
  }

  #inside(command: string, args: readonly string[]): Promise<unknown> {
    return run('ip', ['netns', 'exec', this.#name, command, ...args])
  }
}
