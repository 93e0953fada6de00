import { probe } from '../child.js'
import { entryOf, interfaceOf } from '../plugins.js'
import type { BuildAnswer } from '../probes/build.js'
import type { Metric, Row, Side } from '../row.js'

const metrics: readonly Metric[] = [
  { name: 'compile()', unit: 'ms', better: 'less' },
  { name: 'size', unit: 'KB', better: 'less' },
  { name: 'size, gzip', unit: 'KB', better: 'less' },
]

/** Making a plugin. Every run is a process of its own. */
export const buildRows: readonly Row[] = [
  row('build of the ticker plugin', entryOf('ticker')),
  row('build of a 100-line plugin', entryOf('hundred-lines')),
  row(
    'build of a 100-line plugin with 8 host functions',
    entryOf('hundred-lines'),
    interfaceOf('hundred-lines'),
  ),
]

function row(name: string, ...files: string[]): Row {
  const side = (sideName: string, builds: number): Side => ({
    name: sideName,
    run: async () => {
      const answer = await probe<BuildAnswer>('build', String(builds), ...files)
      return [answer.milliseconds, answer.bytes / 1000, answer.gzipBytes / 1000]
    },
  })
  return {
    name,
    metrics,
    share: 0.4,
    warmUps: 0,
    open: async () => ({
      sides: [side('first in a process', 1), side('second', 2)],
      [Symbol.asyncDispose]: async () => {},
    }),
  }
}
