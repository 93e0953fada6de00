import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compile } from '@extism-ws/compiler'

import { probe } from '../child.js'
import { entryOf } from '../plugins.js'
import type { BuildAnswer } from '../probes/build.js'
import type { InstanceAnswer } from '../probes/instance.js'
import { scaled, type Measured, type Metric, type Row, type Side } from '../row.js'

const fullCount = 40

/** Making the ticker plugin, and having many of it. Every run is a process of its own. */
export const buildRows: readonly Row[] = [buildRow(), instanceRow()]

function buildRow(): Row {
  const metrics: readonly Metric[] = [
    { name: 'compile()', unit: 'ms', better: 'less' },
    { name: 'size', unit: 'KB', better: 'less' },
    { name: 'size, gzip', unit: 'KB', better: 'less' },
  ]
  return {
    name: 'build of the ticker plugin',
    metrics,
    share: 0.5,
    warmUps: 0,
    open: async () => {
      const side = (name: string, builds: number): Side => ({
        name,
        run: async () => {
          const answer = await probe<BuildAnswer>('build', entryOf('ticker'), String(builds))
          return [answer.milliseconds, answer.bytes / 1000, answer.gzipBytes / 1000]
        },
      })
      return {
        sides: [side('first in a process', 1), side('second', 2)],
        [Symbol.asyncDispose]: async () => {},
      }
    },
  }
}

function instanceRow(): Row {
  const metrics: readonly Metric[] = [
    { name: 'one more instance', unit: 'ms', better: 'less' },
    { name: 'resident memory', unit: 'KB', better: 'less' },
    { name: 'linear memory', unit: 'KB', better: 'less' },
  ]
  return {
    name: 'instances of the ticker plugin',
    metrics,
    share: 0.5,
    warmUps: 0,
    open: async ({ effort }) => {
      const folder = await mkdtemp(join(tmpdir(), 'extism-ws-bench-'))
      const file = join(folder, 'ticker.wasm')
      const { wasm } = await compile({ entry: entryOf('ticker') })
      await writeFile(file, wasm)
      const count = String(scaled(fullCount, effort))
      const side = (name: string, how: string): Side => ({
        name,
        run: async (): Promise<Measured> => {
          const answer = await probe<InstanceAnswer>('instance', file, how, count)
          return [answer.milliseconds, answer.residentBytes / 1000, answer.linearBytes / 1000]
        },
      })
      return {
        sides: [side('bare instance', 'bare'), side('createPlugin', 'plugin')],
        [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
      }
    },
  }
}
