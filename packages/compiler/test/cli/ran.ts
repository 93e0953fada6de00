import { vi } from 'vitest'
import { run } from '../../src/cli/run.js'

interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** Runs the command in this process. */
export async function cli(...args: string[]): Promise<Ran> {
  const out: string[] = []
  const err: string[] = []
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => out.push(String(text)) > 0),
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => err.push(String(text)) > 0),
  ]
  try {
    return { code: await run(args), out: out.join(''), err: err.join('') }
  } finally {
    for (const spy of spies) spy.mockRestore()
  }
}
