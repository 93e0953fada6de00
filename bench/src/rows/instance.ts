import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { probe } from '../child.js'
import { moduleOf } from '../plugins.js'
import type { InstanceAnswer } from '../probes/instance.js'
import { scaled, type Measured, type Metric, type Row, type Side } from '../row.js'

const fullCount = 40
const metrics: readonly Metric[] = [
  { name: 'first instance', unit: 'ms', better: 'less' },
  { name: 'one more instance', unit: 'ms', better: 'less' },
  { name: 'resident memory', unit: 'KB', better: 'less' },
  { name: 'linear memory', unit: 'KB', better: 'less' },
]

/** Having many instances of a plugin. Every run is a process of its own. */
export const instanceRows: readonly Row[] = [
  row('instances of the ticker plugin', 'ticker'),
  row('instances of the minimal plugin', 'minimal'),
  row('instances of the every-API plugin', 'every-api'),
]

function row(name: string, plugin: string): Row {
  return {
    name,
    metrics,
    share: 0.4,
    warmUps: 0,
    open: async ({ effort }) => {
      const folder = await mkdtemp(join(tmpdir(), 'extism-ws-bench-'))
      const file = join(folder, 'plugin.wasm')
      await writeFile(file, await moduleOf(plugin))
      const count = String(scaled(fullCount, effort))
      const side = (sideName: string, how: string): Side => ({
        name: sideName,
        run: async (): Promise<Measured> => {
          const answer = await probe<InstanceAnswer>('instance', file, how, count)
          const { firstMilliseconds, milliseconds, residentBytes, linearBytes } = answer
          return [firstMilliseconds, milliseconds, residentBytes / 1000, linearBytes / 1000]
        },
      })
      return {
        sides: [side('bare instance', 'bare'), side('createPlugin', 'plugin')],
        [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
      }
    },
  }
}
