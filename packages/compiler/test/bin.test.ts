import { execFile } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { project } from './project.js'

const bin = fileURLToPath(new URL('../dist/bin.js', import.meta.url))

interface Ended {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** Runs the command as a shell would. */
function extismWs(cwd: string, ...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [bin, ...args], { cwd }, (_, out, err) => {
      resolve({ code: child.exitCode ?? -1, out, err })
    })
  })
}

describe('the extism-ws command', () => {
  test('compiles, prints one line and nothing else', async () => {
    const folder = await project({ 'src/plugin.ts': 'export const run = () => 1' })
    const { code, out, err } = await extismWs(folder, 'build', 'src/plugin.ts', '-o', 'plugin.wasm')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toMatch(
      /^plugin\.wasm: \d+ KB, \d+ KB gzipped; exports run; no sockets; \d+\.\d\d s\n$/,
    )
    expect((await readdir(folder)).sort()).toEqual([
      'node_modules',
      'plugin.wasm',
      'plugin.wasm.map',
      'src',
    ])
  })

  test('ends with 1 for a failed build, and paths are relative to where it was started', async () => {
    const folder = await project({ 'src/plugin.ts': 'throw new RangeError("too far")' })
    expect(await extismWs(folder, 'build', './src/plugin.ts', '-o', 'plugin.wasm')).toEqual({
      code: 1,
      out: '',
      err: [
        'error: src/plugin.ts:1:11: RangeError: too far',
        '',
        '    1 │ throw new RangeError("too far")',
        '      ╵           ^',
        '',
        'The top level of a plugin runs once, while the plugin is built.',
        '',
      ].join('\n'),
    })
    const { err } = await extismWs(`${folder}/src`, 'build', 'plugin.ts', '-o', 'plugin.wasm')
    expect(err).toMatch(/^error: plugin\.ts:1:11: /)
    expect(await readdir(`${folder}/src`)).toEqual(['plugin.ts'])
  })

  test('ends with 1 for an entry file that is missing', async () => {
    const folder = await project({})
    expect(await extismWs(folder, 'build', 'plugin.ts', '-o', 'plugin.wasm')).toEqual({
      code: 1,
      out: '',
      err: `error: entry file not found: plugin.ts (${folder}/plugin.ts)\n`,
    })
  })

  test('ends with 1 for wrong usage', async () => {
    const { code, out } = await extismWs(await project({}), 'build', '--wach')
    expect({ code, out }).toEqual({ code: 1, out: '' })
  })
})
