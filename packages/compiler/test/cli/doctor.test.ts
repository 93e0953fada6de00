import { execFile } from 'node:child_process'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { project } from '../project.js'

const bin = fileURLToPath(new URL('../../dist/bin.js', import.meta.url))

interface Report {
  readonly ok: boolean
  readonly checks: readonly { name: string; ok: boolean; found: string | null; advice?: string }[]
}

async function doctor(folder: string, ...flags: string[]): Promise<string> {
  const env = { ...process.env, PATH: `${join(folder, 'bin')}${delimiter}${process.env['PATH']}` }
  const args = [bin, 'doctor', ...flags]
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder, env })
  return stdout
}

describe('extism-ws doctor', () => {
  test('names versions, and what is missing with what to do', async () => {
    const text = await doctor(await project({}))
    expect(text).toMatch(new RegExp(`^ok {2}Node +${process.versions.node}$`, 'm'))
    expect(text).toMatch(/^ok {2}@extism-ws\/compiler +\d+\.\d+\.\d+$/m)
    expect(text).toMatch(/^ok {2}engine +\d+\.\d+\.\d+, with QuickJS-ng \d+\.\d+\.\d+$/m)
    expect(text).toMatch(/^ok {2}@extism-ws\/guest +\d+\.\d+\.\d+$/m)
    expect(text).toMatch(
      /^-- {2}@extism\/extism +not found: hosts need it: npm install @extism\/extism$/m,
    )
    expect(text).toMatch(/^-- {2}extism-js +not found: only --engine extism-js needs it/m)
  })

  test('finds the SDK from a folder below, and says whether there is JSPI', async () => {
    const folder = await project({
      'node_modules/@extism/extism/package.json': '{"version": "2.0.0-rc13"}',
    })
    await mkdir(join(folder, 'src/deep'), { recursive: true })
    const { ok, checks } = JSON.parse(await doctor(join(folder, 'src/deep'), '--json')) as Report
    expect(ok).toBe(true)
    expect(checks).toContainEqual({ name: '@extism/extism', ok: true, found: '2.0.0-rc13' })
    const jspi = checks.find(({ name }) => name === 'JSPI')
    expect(jspi?.found).toBe('Suspending' in WebAssembly ? 'in this Node' : null)
    expect(jspi?.advice === undefined).toBe(jspi?.found !== null)
  })

  test('explains which mode `auto` is, and why', async () => {
    const folder = await project({
      'node_modules/@extism/extism/package.json': '{"version": "1.0.3"}',
    })
    const nodeCan = 'Suspending' in WebAssembly
    const old = await doctor(folder)
    expect(old).toMatch(/^ok {2}mode +auto is event for plugins that never wait, and worker for/m)
    expect(old).toContain('@extism/extism 2 (here: 1.0.3)')
    expect(old.includes('a Node with JSPI')).toBe(!nodeCan)
    await writeFile(
      join(folder, 'node_modules/@extism/extism/package.json'),
      '{"version": "2.0.0-rc13"}',
    )
    expect(await doctor(folder)).toMatch(nodeCan ? /and jspi for/ : /jspi needs a Node with JSPI$/m)
  })

  test('asks the official compiler for its version', async () => {
    const folder = await project({})
    await mkdir(join(folder, 'bin'))
    const command = join(folder, 'bin/extism-js')
    await writeFile(command, '#!/bin/sh\necho "extism-js 1.6.0"\n')
    await chmod(command, 0o755)
    expect(await doctor(folder)).toMatch(/^ok {2}extism-js +1\.6\.0$/m)
    await writeFile(command, '#!/bin/sh\nexit 1\n')
    expect(await doctor(folder)).toMatch(/^ok {2}extism-js +\S+extism-js: it does not answer/m)
  })
})
