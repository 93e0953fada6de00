import { createPlugin } from '@extism-ws/host'

import { moduleOf } from '../plugins.js'
import { scaled, type Metric, type Row } from '../row.js'
import { sdk } from '../sides/sdk.js'
import { computeNumbers, tokenise, transformJson } from '../workloads.js'

const fullRounds = 4
const metrics: readonly Metric[] = [{ name: 'one time', unit: 'ms', better: 'less' }]

/** What the engine's interpreter costs beside V8: the same source on both sides. */
export const workloadRows: readonly Row[] = [
  workload('JSON transform, 1 MB', 'json', transformJson),
  workload('regular expressions, 200 KB', 'regex', tokenise),
  workload('numeric loop', 'numbers', computeNumbers),
]

function workload(name: string, exportName: string, native: (rounds: number) => number): Row {
  return {
    name: `workload: ${name}`,
    metrics,
    share: 0.5,
    warmUps: 1,
    open: async ({ effort }) => {
      const plugin = await createPlugin(await moduleOf('workloads'), {
        extism: sdk,
        timeoutMs: 60_000,
      })
      const rounds = scaled(fullRounds, effort)
      const expected = native(rounds)
      const timed = async (run: () => Promise<number> | number): Promise<[number]> => {
        const started = performance.now()
        const answer = await run()
        const milliseconds = (performance.now() - started) / rounds
        if (answer !== expected) throw new Error(`${name}: ${answer} instead of ${expected}`)
        return [milliseconds]
      }
      return {
        sides: [
          { name: 'Node', run: () => timed(() => native(rounds)) },
          {
            name: 'plugin',
            run: () =>
              timed(async () => Number((await plugin.call(exportName, rounds))?.text() ?? NaN)),
          },
        ],
        [Symbol.asyncDispose]: () => plugin.close(),
      }
    },
  }
}
