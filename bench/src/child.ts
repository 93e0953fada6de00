import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** The server in a process of its own. */
export class ServerProcess implements Disposable {
  readonly origin: string
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, port: number) {
    this.#child = child
    this.origin = `ws://127.0.0.1:${port}`
  }

  static async start(): Promise<ServerProcess> {
    const child = start('./server.js')
    return new ServerProcess(child, (await firstMessage(child, 'server')) as number)
  }

  [Symbol.dispose](): void {
    this.#child.disconnect()
  }
}

/** Runs a program of probes/ in a process of its own; answers what it sends. */
export async function probe<T>(name: string, ...args: string[]): Promise<T> {
  const child = start(`./probes/${name}.js`, args)
  const ended = once(child, 'exit')
  const answer = await firstMessage(child, name)
  await ended
  return answer as T
}

function start(program: string, args: string[] = []): ChildProcess {
  const path = fileURLToPath(new URL(program, import.meta.url))
  return fork(path, args, { execArgv: ['--expose-gc'] })
}

function firstMessage(child: ChildProcess, name: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    child.once('message', resolve).once('error', reject)
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code} and no answer`)))
  })
}
