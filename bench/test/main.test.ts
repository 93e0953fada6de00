import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { RowResult } from '../src/measure.js'

const run = promisify(execFile)
const program = fileURLToPath(new URL('../dist/main.js', import.meta.url))

interface Results {
  machine: Record<string, unknown>
  rows: RowResult[]
}

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'extism-ws-bench-test-'))
})

afterAll(() => rm(folder, { recursive: true, force: true }))

/** A run so short that its numbers mean nothing. */
async function bench(
  ...flags: string[]
): Promise<{ stdout: string; stderr: string; out: Results }> {
  const output = join(folder, 'results.json')
  const args = ['--quick', '--effort', '0.002', '--output', output, ...flags]
  // As `pnpm bench` does.
  const node = ['--experimental-websocket', program]
  const { stdout, stderr } = await run(process.execPath, [...node, ...args])
  return { stdout, stderr, out: JSON.parse(await readFile(output, 'utf8')) as Results }
}

function names(row: RowResult | undefined): string[] | undefined {
  return row?.metrics.map(({ name }) => name)
}

describe('bench', () => {
  it('measures the sides of a row, and writes finite numbers', async () => {
    const { out } = await bench('--row', 'flood, 64 B binary')
    const [row] = out.rows
    expect(row?.name).toBe('flood, 64 B binary')
    expect(row?.metrics.map(({ name }) => name)).toEqual(['messages', 'throughput', 'client CPU'])
    for (const { sides } of row?.metrics ?? []) {
      expect(sides.map(({ side }) => side)).toEqual([
        'raw ws',
        'raw callback',
        'WebSocket',
        'for await',
        'batch',
      ])
      for (const { ratio, median, min, max } of sides) {
        for (const value of [median, min, max]) expect(Number.isFinite(value)).toBe(true)
        if (ratio !== undefined) expect(Number.isFinite(ratio.median)).toBe(true)
      }
    }
  })

  it('measures round trips through every side', async () => {
    const { out } = await bench('--row', 'echo, 1 KiB')
    const metrics = out.rows[0]?.metrics ?? []
    expect(metrics.map(({ name }) => name)).toEqual([
      'round trip p50',
      'round trip p99',
      'client CPU',
    ])
    for (const { sides } of metrics) expect(sides.every(({ median }) => median > 0)).toBe(true)
  })

  it('measures what one could have instead', async () => {
    const { out } = await bench('--row', '1 KiB binary, other clients')
    const [flood, send] = out.rows
    const sides = ['raw ws', 'WebSocket of Node', 'obvious bridge']
    for (const row of [flood, send]) {
      expect(names(row)).toContain('stalls')
      expect(row?.metrics[0]?.sides.map(({ side }) => side)).toEqual(sides)
      expect(row?.metrics[0]?.sides.every(({ median }) => median > 0)).toBe(true)
    }
  })

  it('measures modes and the portable layer', async () => {
    const { out } = await bench('--row', 'echo, 64 B, modes')
    const sides = out.rows[0]?.metrics[0]?.sides.map(({ side }) => side)
    expect(sides).toEqual(expect.arrayContaining(['raw ws', 'event', 'worker', 'event, portable']))
  })

  it('tells what a message costs when there is more of something', async () => {
    const { out } = await bench('--row', 'scaling: plugins')
    expect(names(out.rows[0])).toEqual(['raw ws, CPU', 'plugin, CPU', 'above raw ws, CPU'])
    const [{ sides = [] } = {}] = out.rows[0]?.metrics ?? []
    expect(sides.map(({ side }) => side)).toEqual(['1', '10', '100'])
  })

  it('builds with an interface file, and counts instances', async () => {
    const { out } = await bench('--row', 'host functions', '--row', 'the minimal plugin')
    const [build, instances] = out.rows
    expect(names(build)).toEqual(['compile()', 'size', 'size, gzip'])
    expect(names(instances)).toContain('linear memory')
    const [first] = build?.metrics ?? []
    expect(first?.sides.every(({ median }) => median > 0)).toBe(true)
  })

  it('weighs plugins, and what a package adds to one', async () => {
    const { out } = await bench('--row', 'size of plugins', '--row', 'author code: marked')
    const [plugins, marked] = out.rows
    const sizes = plugins?.metrics[0]?.sides.map(({ median }) => median) ?? []
    expect(sizes).toHaveLength(3)
    expect(sizes).toEqual(sizes.toSorted((a, b) => a - b))
    expect(names(marked)).toEqual(['minified bundle', 'added', 'added, gzip', 'gzip by minified'])
    for (const { sides } of marked?.metrics ?? []) {
      expect(sides.every(({ median }) => median > 0)).toBe(true)
    }
  })

  it('runs ordinary JavaScript in Node and in a plugin, with the same results', async () => {
    const { out } = await bench('--row', 'workload')
    expect(out.rows.map(({ name }) => name)).toHaveLength(3)
    for (const { metrics } of out.rows) {
      expect(metrics[0]?.sides.map(({ side }) => side)).toEqual(['Node', 'plugin'])
    }
  })

  it('prints the table on stdout, and nothing but progress on stderr', async () => {
    const { stdout, stderr } = await bench('--row', 'echo, 64 B')
    expect(stdout).toMatch(/^ +raw ws +raw callback +ratio +WebSocket +ratio .*\n\necho, 64 B\n/)
    expect(stdout).toContain('  round trip p50, µs (less is better)')
    for (const line of stderr.trimEnd().split('\n')) expect(line).toMatch(/^ *\d+\.\d s {2}/)
  })

  it('tells what machine it ran on, and not which one', async () => {
    const { out } = await bench('--row', 'echo, 64 B')
    expect(Object.keys(out.machine)).toEqual(['node', 'platform', 'arch', 'cpus'])
  })

  it('lists the rows when none has the name that was asked for', async () => {
    await expect(bench('--row', 'flod')).rejects.toThrow('flood, 1 KiB text')
  })
})
